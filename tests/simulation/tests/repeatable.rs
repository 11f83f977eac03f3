//! A seed is worth something only if it gives the same run again.

use avd_logoff_simulation::{Checks, many, run};

#[test]
fn a_seed_gives_the_same_run_again_to_the_last_line_of_its_trace() {
    let mut requests = 0;
    for seed in 0..15 {
        let (one, two) = (run(seed, Checks::default(), true), run(seed, Checks::default(), true));
        assert_eq!(one.trace, two.trace, "seed {seed}");
        let untraced = run(seed, Checks::default(), false);
        assert_eq!(one.figures, untraced.figures, "seed {seed}: looking on changes nothing");
        assert!(untraced.trace.is_empty());
        requests += one.figures.requests;
    }
    assert!(requests > 150, "the runs do something: {requests} requests");
}

#[test]
fn a_few_days_hold_and_are_not_empty() {
    let totals = many(1, 120, Checks::default(), true, |_| ());
    assert_eq!((totals.runs, totals.violations), (120, 0));
    let figures = totals.figures;
    let counts = [
        figures.searches,
        figures.acts,
        figures.effects,
        figures.words,
        figures.none,
        figures.messages,
        figures.disconnections,
        figures.waited,
        figures.by_graph,
    ];
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}
