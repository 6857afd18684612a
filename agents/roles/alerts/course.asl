// The course of an alert: when a condition has held long enough, when it is over, what is shown.
//
// A rule is a plan  +!review(Rule, Priority) : condition <- !met(Rule, Priority, Facts).
// It is reviewed when one of the facts changes that its condition reads; which these are is found
// in the plans themselves. Where no plan of a rule fits, its condition is absent.
// This file is included last, so that rules come before its catch-all plans.
//
// Notes:  met_since(Rule, Priority, T)     the condition holds, seen first at T
//         absent_since(Rule, Priority, T)  it is gone since T, perhaps only for a moment
//         raised(Rule, Priority)           the alert stands on our display
//         settled(Rule, Priority)          somebody gave a reason: silent until the episode ends
//         going(Rule, T)                   no condition holds any more, seen first at T
//         said_step(Rule, Step)            a step of a rule that speaks more than once
// Given:  hold(Rule, RaiseSeconds, ClearSeconds), in_arrest(Rule, kept | folded | suppressed),
//         standing(Rule, Order)            its place among alerts of equal priority
// Rules may say  over(Rule)                what ends it though another of its facts is stale,
//                answered_by_reason(Rule)  a reason given by a person settles it,
//                single(Rule)              it answers one event, each on its own.

blip(10).               // s that a condition may be gone before its hold starts anew, or
blip_share(3).          // a third of the hold if that is less; engineering default

// Hysteresis: once its alert stands, a value must come back beyond the limit by a band.
active(R, P) :- met_since(R, P, _) & stands(R, P).
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
+observed(Names) : on_duty & .due(Names, Due) & Due \== []
  <- !review_all(Due).
// After notes of our own have changed, which nothing outside tells of.
@look
+!look(Names) : on_duty
  <- .due(Names, Due);
     !review_all(Due).
@look_off_duty +!look(_).

@review_none +!review_all([]).
@review_off_duty +!review_all(_) : not on_duty.
@review_each
+!review_all([review(R, P) | Rest])
  <- !review(R, P);
     !review_all(Rest).

@review_failed
-!review(R, _)[error(E), error_msg(M)]
  <- .log(warning, "rule ", R, " could not be judged: ", E, " ", M).
@review_failed_otherwise -!review(R, _) <- .log(warning, "rule ", R, " could not be judged").

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
+!met_for(R, P, _, Variant, Facts) : stands(R, P)
  <- .now(T);
     !note_met(R, P, T);
     .abolish(going(R, _));
     !unmark(R, Variant, Facts).
@met_settled +!met_for(R, P, _, _, _) : settled(R, Q) & (Q == P | outranks(Q, P)).
@met_held_back
+!met_for(R, P, _, _, _) : held_back(R)
  <- .abolish(met_since(R, P, _)).
@met_after_a_blip
+!met_for(R, P, Hold, Variant, Facts) : absent_since(R, P, _)
  <- .abolish(absent_since(R, P, _));
     !met_for(R, P, Hold, Variant, Facts).
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

@raise_off_duty +!raise(_, _, _, _) : not on_duty.
@raise
+!raise(R, P, Variant, Facts) : display(D) & standing(R, Order)
  <- !stand(R, P);
     .findall(W, passport_says(R, W), Words);
     .say(R, P, Variant, [passport(Words) | Facts], Text);
     .invoke(D, show(R, P, Text, Order));
     !shown(R).
// Handed over while the screen was drawing: it is no longer ours to show.
@shown_too_late +!shown(R) : not on_duty & display(D) <- .invoke(D, withdraw(R, "handed over")).
// Over while the screen was drawing: what is over does not stand.
@shown_in_vain +!shown(R) : not raised(R, _) & display(D) <- .invoke(D, withdraw(R, "over")).
@shown +!shown(R) <- !upon(R).
@shown_failed -!shown(_).
@raise_failed
-!raise(R, P, _, _)[error_msg(Why)]
  <- .abolish(raised(R, P));
     .log(warning, "alert ", R, " could not be shown: ", Why).
@raise_failed_otherwise -!raise(R, P, _, _) <- .abolish(raised(R, P)).
@stand
+!stand(R, P)
  <- .abolish(raised(R, _));
     .abolish(going(R, _));
     .abolish(settled(R, _));
     +raised(R, P).

// Said again because a further limit is passed, or for another event: once for each step.
@again_plain +!again(R, P, Step, Facts) <- !again(R, P, Step, none, Facts).
@again_held_back +!again(R, _, _, _, _) : held_back(R).
@again_said +!again(R, P, Step, _, _) : said_step(R, Step) <- .now(T); !note_met(R, P, T).
@again_opened
+!again(R, P, Step, Variant, Facts) : raised(R, _) | settled(R, _)
  <- .now(T);
     !note_met(R, P, T);
     +said_step(R, Step);
     !raise(R, P, Variant, Facts).
@again_first
+!again(R, P, Step, Variant, Facts)
  <- !met(R, P, Variant, Facts);
     !note_step(R, Step).
@step_noted +!note_step(R, Step) : raised(R, _) <- +said_step(R, Step).
@step_not_said +!note_step(_, _).

// -- a condition is absent --------------------------------------------------------------------

@review_absent_quiet +!review(R, P) : not met_since(R, P, _) & not raised(R, _).
@review_suspended
+!review(R, P) : .misses(R, P) & not over(R)
  <- !suspend(R, P).
@review_blip
+!review(R, P) : met_since(R, P, _) & not stands(R, P) & hold(R, Hold, _) & Hold > 0
  <- !absent(R, P, Hold).
@review_absent
+!review(R, P)
  <- .abolish(met_since(R, P, _));
     !leave(R).

// A value that hovers about its limit does not start the hold anew at each reading.
@absent_too_long
+!absent(R, P, Hold)
  : absent_since(R, P, T0) & .now(T) & blip(Most) & blip_share(N) & T - T0 >= math.min(Most, Hold / N)
  <- .abolish(absent_since(R, P, _));
     .abolish(met_since(R, P, _));
     !leave(R).
@absent_still +!absent(R, P, _) : absent_since(R, P, _).
@absent_begins +!absent(R, P, _) <- .now(T); +absent_since(R, P, T).

@leave_other +!leave(R) : met_since(R, _, _).
@leave_not_raised
+!leave(R) : not raised(R, _)
  <- !forget(R).
@leave_done
+!leave(R) : hold(R, _, Clear) & going(R, T0) & .now(T) & T - T0 >= Clear
  <- !forget(R);
     !clear(R, "over").
@leave_at_once
+!leave(R) : hold(R, _, 0)
  <- !forget(R);
     !clear(R, "over").
@leave_waits +!leave(R) : going(R, _).
@leave_begins
+!leave(R)
  <- .now(T);
     +going(R, T).
// The episode is over: the next one speaks anew.
@forget
+!forget(R)
  <- .abolish(said_step(R, _));
     .abolish(settled(R, _)).

@clear
+!clear(R, Why) : display(D) & alert(R, _, _, _, _)[twin(D)]
  <- .abolish(raised(R, _));
     .abolish(going(R, _));
     .abolish(marked(R));
     .invoke(D, withdraw(R, Why)).
// The screen is still drawing it: it is taken off when it is drawn (`shown_in_vain`).
@clear_not_drawn
+!clear(R, _)
  <- .abolish(raised(R, _));
     .abolish(going(R, _));
     .abolish(marked(R)).
@clear_failed
-!clear(R, _)[error_msg(Why)] <- .log(warning, "alert ", R, " could not be withdrawn: ", Why).
@clear_failed_otherwise -!clear(_, _).

// -- a fact is stale: what stands is kept, and marked; a hold starts anew ------------------------

@suspend
+!suspend(R, _)
  : raised(R, P) & not marked(R) & display(D) & alert(R, P, Text, _, _)[twin(D)] & standing(R, Order)
  <- +marked(R);
     .concat("(old data) ", Text, Marked);
     .invoke(D, show(R, P, Marked, Order)).
@suspend_marked +!suspend(R, _) : raised(R, _).
@suspend_waiting
+!suspend(R, P)
  <- .abolish(absent_since(R, P, _));
     .abolish(met_since(R, P, _)).
@suspend_failed
-!suspend(R, _)[error_msg(Why)] <- .abolish(marked(R)); .log(warning, R, " not marked: ", Why).
@suspend_failed_otherwise -!suspend(R, _) <- .abolish(marked(R)).

@unmark
+!unmark(R, Variant, Facts) : marked(R) & raised(R, P)
  <- -marked(R);
     !raise(R, P, Variant, Facts).
@unmark_not_needed +!unmark(_, _, _).

// -- people: acknowledged is not over, but some alerts are settled by a reason -------------------

@acknowledged_event
+alert_acknowledged(R, _, Why)[twin(D)] : display(D) & on_duty & single(R)
  <- .abolish(finding(_, R, _, _, _));
     .abolish(met_since(R, _, _));
     !clear(R, Why).
@acknowledged_reason
+alert_acknowledged(R, _, Why)[twin(D)] : display(D) & on_duty & answered_by_reason(R) & raised(R, P)
  <- .now(T);
     !note_met(R, P, T);
     +settled(R, P);
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
     !forget(R);
     !clear(R, "folded into the arrest card");
     !fold_all(Rest).

// -- what follows from an alert: roles and rules say it in plans above; else nothing -------------

@upon_nothing +!upon(R) <- !advise(R).
@upon_failed -!upon(R)[error_msg(Why)] <- .log(warning, "after ", R, ": ", Why).
@upon_failed_otherwise -!upon(_).
@advise_nothing +!advise(_).
@advise_failed -!advise(_).
