// A plan library with its tests in the language; pytest collects them.

@sum_none +!sum([], 0).
@sum_some +!sum([H | T], R) <- !sum(T, Q); R = H + Q.
@note +!note(X) : X > 1 <- +noted(X).
@note_small +!note(_).

@adds_up[test] +!t_adds_up <- !sum([1, 2, 3], S); .assert_equals(6, S).
@nearly[test] +!t_nearly <- !sum([0.1, 0.2], S); .assert_equals(0.3, S, 0.001).
@notes[test] +!t_notes <- !note(2); !note(0); .assert_added(noted(2)); .assert(not noted(0)).
@takes_time[test] +!t_takes_time <- .wait(60000); .assert(true).
