// The course of an alert: when a condition has held long enough, when it is over, what is shown.
//
// A rule is a plan  +!review(Rule, Priority) : condition <- !met(Rule, Priority, Facts).
// It is reviewed when one of the facts changes that its condition reads; which these are is found
// in the plans themselves. Where no plan of a rule fits, its condition is absent.
// This file is included last, so that rules come before its catch-all plans.
//
// Notes:  met_since(Rule, Priority, T)   the condition holds, seen first at T
//         raised(Rule, Priority)         the alert stands on our display
//         going(Rule, T)                 no condition holds any more, seen first at T
// Given:  hold(Rule, RaiseSeconds, ClearSeconds), in_arrest(Rule, kept | folded | suppressed)

// Hysteresis: once its condition holds, a value must come back beyond the limit by a band.
active(R, P) :- met_since(R, P, _).
below(R, P, V, L, Band) :- V < L.
below(R, P, V, L, Band) :- active(R, P) & V < L + Band.
at_most(R, P, V, L, Band) :- V <= L.
at_most(R, P, V, L, Band) :- active(R, P) & V <= L + Band.
above(R, P, V, L, Band) :- V > L.
above(R, P, V, L, Band) :- active(R, P) & V > L - Band.
at_least(R, P, V, L, Band) :- V >= L.
at_least(R, P, V, L, Band) :- active(R, P) & V >= L - Band.

outranks(high, medium).
outranks(high, low).
outranks(medium, low).
stands(R, P) :- raised(R, P).
stands(R, P) :- raised(R, Q) & outranks(Q, P).

// In arrest one card stands for all: bleeding and breathing are folded into it, processes wait.
arrest :- raised("ARR-01", _).
held_back(R) :- arrest & in_arrest(R, folded).
held_back(R) :- arrest & in_arrest(R, suppressed).

// -- what to review ---------------------------------------------------------------------------

@observed
+observed(Names) : on_duty
  <- .due(Names, Due);
     !review_all(Due).
// After notes of our own have changed, which nothing outside tells of.
@look
+!look(Names) : on_duty
  <- .due(Names, Due);
     !review_all(Due).
@look_off_duty +!look(_).

@review_none +!review_all([]).
@review_each
+!review_all([review(R, P) | Rest])
  <- !review(R, P);
     !review_all(Rest).

@review_failed
-!review(R, P)[error(E), error_msg(M)]
  <- .log(warning, "rule ", R, " could not be judged: ", E, " ", M).
@review_failed_otherwise -!review(R, P) <- .log(warning, "rule ", R, " could not be judged").

// -- a condition holds ------------------------------------------------------------------------

@met
+!met(R, P, Facts) : hold(R, Raise, _)
  <- !met_for(R, P, Raise, none, Facts).
@met_variant
+!met(R, P, Variant, Facts) : hold(R, Raise, _)
  <- !met_for(R, P, Raise, Variant, Facts).

@met_stands
+!met_for(R, P, _, _, _) : stands(R, P) & met_since(R, P, _) & not going(R, _) & not marked(R).
@met_stands_again
+!met_for(R, P, Hold, Variant, Facts) : stands(R, P)
  <- .now(T);
     !note_met(R, P, T);
     .abolish(going(R, _));
     !unmark(R, Variant, Facts).
@met_held_back
+!met_for(R, P, _, _, _) : held_back(R)
  <- .abolish(met_since(R, P, _)).
@met_long_enough
+!met_for(R, P, Hold, Variant, Facts) : met_since(R, P, T0) & .now(T) & T - T0 >= Hold
  <- !raise(R, P, Variant, Facts).
@met_at_once
+!met_for(R, P, 0, Variant, Facts)
  <- .now(T);
     !note_met(R, P, T);
     !raise(R, P, Variant, Facts).
@met_waits
+!met_for(R, P, _, _, _)
  <- .now(T);
     !note_met(R, P, T).

@noted_before +!note_met(R, P, _) : met_since(R, P, _).
@note +!note_met(R, P, T) <- +met_since(R, P, T).

// -- speak ------------------------------------------------------------------------------------

@raise
+!raise(R, P, Variant, Facts) : display(D)
  <- .abolish(raised(R, _));
     .abolish(going(R, _));
     +raised(R, P);
     .say(R, P, Variant, Facts, Text);
     .invoke(D, show(R, P, Text));
     !upon(R).
@raise_failed
-!raise(R, P, _, _)[error_msg(Why)]
  <- .abolish(raised(R, P));
     .log(warning, "alert ", R, " could not be shown: ", Why).
@raise_failed_otherwise -!raise(R, P, _, _) <- .abolish(raised(R, P)).

// Said again because a further limit is passed, at the same priority: once for each step.
@again_said +!again(R, P, Step, _) : said_step(R, Step).
@again
+!again(R, P, Step, Facts) : raised(R, _)
  <- +said_step(R, Step);
     !raise(R, P, none, Facts).
@again_first
+!again(R, P, Step, Facts)
  <- +said_step(R, Step);
     !met(R, P, Facts).

// -- a condition is absent --------------------------------------------------------------------

@review_absent_quiet +!review(R, P) : not met_since(R, P, _) & not raised(R, _).
@review_suspended
+!review(R, P) : .misses(R, P)
  <- !suspend(R).
@review_absent
+!review(R, P)
  <- .abolish(met_since(R, P, _));
     !leave(R).

@leave_other +!leave(R) : met_since(R, _, _).
@leave_not_raised +!leave(R) : not raised(R, _).
@leave_done
+!leave(R) : hold(R, _, Clear) & going(R, T0) & .now(T) & T - T0 >= Clear
  <- !clear(R, "over").
@leave_at_once
+!leave(R) : hold(R, _, 0)
  <- !clear(R, "over").
@leave_waits +!leave(R) : going(R, _).
@leave_begins
+!leave(R)
  <- .now(T);
     +going(R, T).

@clear
+!clear(R, Why) : display(D)
  <- .abolish(raised(R, _));
     .abolish(going(R, _));
     .abolish(said_step(R, _));
     .abolish(marked(R));
     .invoke(D, withdraw(R, Why)).
@clear_failed
-!clear(R, _)[error_msg(Why)] <- .log(warning, "alert ", R, " could not be withdrawn: ", Why).
@clear_failed_otherwise -!clear(R, _).

// -- a fact is stale: what stands is kept, and marked -----------------------------------------

@suspend
+!suspend(R) : raised(R, P) & not marked(R) & display(D) & alert(R, P, Text, _, _)[twin(D)]
  <- +marked(R);
     .concat("(old data) ", Text, Marked);
     .invoke(D, show(R, P, Marked)).
@suspend_quiet +!suspend(_).
@suspend_failed -!suspend(_).

@unmark
+!unmark(R, Variant, Facts) : marked(R) & raised(R, P)
  <- -marked(R);
     !raise(R, P, Variant, Facts).
@unmark_not_needed +!unmark(_, _, _).

// -- people -----------------------------------------------------------------------------------

// What answers a single event is settled when somebody says so; a condition stays until it is over.
@acknowledged
+alert_acknowledged(R, _, Why)[twin(D)] : display(D) & single(R)
  <- .abolish(finding(R, _, _, _));
     !clear(R, Why).

// -- arrest folds -----------------------------------------------------------------------------

@fold
+!upon("ARR-01")
  <- .findall(R, raised(R, _) & held_back(R), Folded);
     !fold_all(Folded).
@fold_none +!fold_all([]).
@fold_each
+!fold_all([R | Rest])
  <- .abolish(met_since(R, _, _));
     !clear(R, "folded into the arrest card");
     !fold_all(Rest).

// -- what follows from an alert: roles and rules say it in plans above; else nothing -------------

@upon_nothing +!upon(R) <- !advise(R).
@upon_failed -!upon(R)[error_msg(Why)] <- .log(warning, "after ", R, ": ", Why).
@upon_failed_otherwise -!upon(_).
@advise_nothing +!advise(_).
@advise_failed -!advise(_).
