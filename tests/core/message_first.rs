//! Message first: who is told, how long nobody is logged off, and what the admin can do meanwhile.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use avd_logoff::desk::act::{Act, Message, Warning};
use avd_logoff::desk::carry_out::{Control, Progress, carry_out};
use avd_logoff::desk::grace::{Grace, Stage, Word};
use avd_logoff::desk::outcome::{Outcome, Reason};
use avd_logoff::desk::plan::{Circumstances, Plan};
use avd_logoff::desk::receipt::{Receipt, Warned};
use avd_logoff::ports::Clock as _;
use avd_logoff::text::receipt_text;
use azure_simulator::world::{Event, SessionState};
use azure_simulator::{Fault, FaultAction, Operation};
use futures::StreamExt as _;
use futures::channel::mpsc;
use futures::future::{join, poll_fn};

use crate::support::Lab;
use crate::support::bench::{OPERATOR, OTHER, USER};

const MINUTE: Duration = Duration::from_secs(60);

/// A log off with a message five minutes before it, and the admin in front of it.
struct Warned5 {
    lab: Lab,
    control: Control,
    stages: RefCell<mpsc::UnboundedReceiver<Stage>>,
    receipt: RefCell<Receipt>,
    steps: RefCell<Vec<Progress>>,
}

impl Warned5 {
    fn new(lab: Lab) -> Self {
        let (sender, stages) = mpsc::unbounded();
        let control = Control {
            grace: Grace::new(move |stage| sender.unbounded_send(stage).unwrap()),
            ..Control::default()
        };
        Self {
            lab,
            control,
            stages: RefCell::new(stages),
            receipt: RefCell::default(),
            steps: RefCell::default(),
        }
    }

    /// The next stage that the admin gets to see.
    async fn stage(&self) -> Stage {
        poll_fn(|context| self.stages.borrow_mut().poll_next_unpin(context))
            .await
            .unwrap()
    }

    async fn pass(&self, duration: Duration) {
        self.lab.bench.time.sleep(duration).await;
    }

    fn run(&self, prepare: impl FnOnce(&Lab), person: impl Future<Output = ()>) {
        let bench = &self.lab.bench;
        let arm = bench.arm(OPERATOR);
        let findings = bench.find(&arm, USER);
        prepare(&self.lab);
        let plan = Plan::freeze(findings.rows(), act(), &Circumstances::default());
        let confirmed = plan.confirm("").unwrap();
        let intended = self.receipt.borrow_mut().intend(&confirmed, bench.time.now());
        let work = carry_out(&arm, intended, self.control.clone()).for_each(|step| {
            self.receipt.borrow_mut().apply(step.clone());
            self.steps.borrow_mut().push(step);
            async {}
        });
        bench.time.run(join(work, person));
    }

    fn outcomes(&self) -> Vec<Option<Outcome>> {
        self.receipt
            .borrow()
            .records
            .iter()
            .map(|record| record.outcome)
            .collect()
    }

    fn times(&self, operation: Operation) -> Vec<time::OffsetDateTime> {
        self.lab.bench.recorded(operation).iter().map(|one| one.at).collect()
    }

    fn messages(&self) -> usize {
        self.times(Operation::UserSessionsSendMessage).len()
    }

    fn deletes(&self) -> usize {
        self.times(Operation::UserSessionsDelete).len()
    }
}

/// A log off with a message five minutes before it.
fn act() -> Act {
    Act::LogOff {
        force: false,
        warning: Some(Warning {
            message: Message {
                title: "Title".into(),
                text: "Text".into(),
            },
            grace_minutes: 5,
        }),
    }
}

fn one_active() -> Lab {
    let lab = Lab::new();
    lab.session(USER);
    lab
}

#[test]
fn nobody_is_logged_off_before_the_time_is_over() {
    let warned = Warned5::new(one_active());
    warned.run(|_| (), async {});
    assert_eq!(warned.outcomes(), [Some(Outcome::Gone)]);
    let told = warned.times(Operation::UserSessionsSendMessage);
    let deleted = warned.times(Operation::UserSessionsDelete);
    assert_eq!((told.len(), deleted.len()), (1, 1));
    assert!(deleted[0] - told[0] >= 5 * MINUTE, "{}", deleted[0] - told[0]);
    assert!(deleted[0] - told[0] < 6 * MINUTE, "{}", deleted[0] - told[0]);
    assert_eq!(warned.receipt.borrow().records[0].warned, Some(Warned::Accepted));
    assert!(receipt_text(&warned.receipt.borrow()).contains("Message accepted by Azure"));
}

#[test]
fn the_guard_looks_again_after_the_time() {
    let warned = Warned5::new(one_active());
    let lab = &warned.lab;
    warned.run(|_| (), async {
        while !matches!(warned.stage().await, Stage::Until(_)) {}
        // The look every twenty seconds must not be what finds it out.
        warned.pass(5 * MINUTE - Duration::from_secs(1)).await;
        let replace = FaultAction::ReplaceSession {
            user: Some(OTHER.into()),
            same_user: false,
        };
        lab.bench.fault(Fault::once(replace).on(Operation::UserSessionsGet));
    });
    assert_eq!(warned.outcomes(), [Some(Outcome::WrongPerson)]);
    assert_eq!(warned.deletes(), 0);
}

#[test]
fn where_nobody_works_nobody_waits() {
    let lab = Lab::new();
    lab.session_on(0, USER, SessionState::Disconnected);
    let warned = Warned5::new(lab);
    let begun = warned.lab.bench.time.now();
    warned.run(|_| (), async {});
    assert_eq!(warned.outcomes(), [Some(Outcome::Gone)]);
    assert_eq!(warned.messages(), 0);
    assert!(warned.times(Operation::UserSessionsDelete)[0] - begun < MINUTE);
    assert_eq!(warned.receipt.borrow().records[0].warned, Some(Warned::NotInUse));
}

#[test]
fn pause_extend_and_go_on_are_kept_to_the_clock() {
    let warned = Warned5::new(one_active());
    warned.run(|_| (), async {
        assert!(matches!(warned.stage().await, Stage::Until(_)));
        warned.pass(MINUTE).await;
        warned.control.grace.say(Word::Pause);
        assert_eq!(warned.stage().await, Stage::Paused(4 * MINUTE));
        warned.pass(60 * MINUTE).await;
        assert_eq!(warned.deletes(), 0);
        warned.control.grace.say(Word::Extend(5 * MINUTE));
        assert_eq!(warned.stage().await, Stage::Paused(9 * MINUTE));
        warned.control.grace.say(Word::GoOn);
        let until = warned.lab.bench.time.now() + 9 * MINUTE;
        assert_eq!(warned.stage().await, Stage::Until(until));
    });
    assert_eq!(warned.outcomes(), [Some(Outcome::Gone)]);
    let told = warned.times(Operation::UserSessionsSendMessage);
    let deleted = warned.times(Operation::UserSessionsDelete);
    assert!(deleted[0] - told[0] >= 70 * MINUTE);
    assert!(deleted[0] - told[0] < 71 * MINUTE);
    assert_eq!(told.len(), 1);
}

#[test]
fn not_waiting_any_longer_begins_at_once() {
    let warned = Warned5::new(one_active());
    warned.run(|_| (), async {
        assert!(matches!(warned.stage().await, Stage::Until(_)));
        warned.control.grace.say(Word::Now);
    });
    let told = warned.times(Operation::UserSessionsSendMessage);
    assert!(warned.times(Operation::UserSessionsDelete)[0] - told[0] < MINUTE);
}

#[test]
fn stop_in_that_time_logs_nobody_off_and_says_that_they_were_told() {
    let warned = Warned5::new(one_active());
    warned.run(|_| (), async {
        assert!(matches!(warned.stage().await, Stage::Until(_)));
        warned.pass(MINUTE).await;
        warned.control.stop.stop();
        assert_eq!(warned.stage().await, Stage::None);
    });
    assert_eq!(warned.outcomes(), [Some(Outcome::Cancelled)]);
    assert_eq!((warned.messages(), warned.deletes()), (1, 0));
    assert!(receipt_text(&warned.receipt.borrow()).contains("had been told"));
    assert_eq!(warned.control.step_up.unsent(), Vec::<usize>::new());
}

#[test]
fn after_the_computer_has_slept_it_asks_instead_of_acting() {
    let warned = Warned5::new(one_active());
    warned.run(|_| (), async {
        let Stage::Until(until) = warned.stage().await else {
            panic!("it does not run");
        };
        warned.lab.bench.time.pass(480 * MINUTE);
        assert_eq!(warned.stage().await, Stage::Overslept { since: until });
        warned.pass(60 * MINUTE).await;
        assert_eq!(warned.deletes(), 0);
        warned.control.grace.say(Word::GoOn);
    });
    assert_eq!(warned.outcomes(), [Some(Outcome::Gone)]);
}

#[test]
fn a_page_in_the_background_is_late_and_does_not_ask() {
    let warned = Warned5::new(one_active());
    warned.run(|_| (), async {
        assert!(matches!(warned.stage().await, Stage::Until(_)));
        // Its timer rings a minute late.
        warned.pass(MINUTE).await;
        warned.lab.bench.time.pass(5 * MINUTE);
        assert_eq!(warned.stage().await, Stage::None);
    });
    assert_eq!(warned.outcomes(), [Some(Outcome::Gone)]);
}

#[test]
fn a_message_that_failed_is_for_the_admin_to_judge() {
    for (go_on, ended) in [(true, Outcome::Gone), (false, Outcome::Cancelled)] {
        let lab = one_active();
        lab.session_on(1, USER, SessionState::Active);
        let warned = Warned5::new(lab);
        warned.run(
            |lab| {
                let refused = crate::log_off::refusal(400, "InvalidDataFormat");
                lab.bench
                    .fault(Fault::once(refused).on(Operation::UserSessionsSendMessage));
            },
            async {
                assert_eq!(warned.stage().await, Stage::MessagesFailed { failed: 1, of: 2 });
                warned.pass(30 * MINUTE).await;
                assert_eq!(warned.deletes(), 0, "nothing goes on by itself");
                if go_on {
                    warned.control.grace.say(Word::GoOn);
                } else {
                    warned.control.stop.stop();
                }
            },
        );
        assert_eq!(warned.outcomes(), [Some(ended); 2]);
        assert_eq!(warned.messages(), 2, "it is not sent again");
        let receipt = warned.receipt.borrow();
        let failed = receipt
            .records
            .iter()
            .filter(|record| matches!(&record.warned, Some(Warned::Failed(Some(Reason::Arm(_))))));
        assert_eq!(failed.count(), 1);
    }
}

#[test]
fn when_everybody_has_left_nobody_waits_any_longer() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let warned = Warned5::new(lab);
    let begun = warned.lab.bench.time.now();
    warned.run(|_| (), async {
        assert!(matches!(warned.stage().await, Stage::Until(_)));
        let mut simulator = warned.lab.bench.simulator();
        simulator.world.end_session(session, begun);
    });
    assert_eq!(warned.outcomes(), [Some(Outcome::AlreadyGone)]);
    assert_eq!(warned.deletes(), 0);
    assert!(warned.lab.bench.time.now() - begun < 2 * MINUTE);
}

#[test]
fn who_comes_back_after_everybody_was_seen_to_have_left_is_not_taken_for_who_was_told() {
    let lab = Lab::new();
    // Without creation times nothing but the name tells the one who comes back from the one who left.
    lab.bench.simulator().world.switches.create_times = false;
    let session = lab.session(USER);
    let warned = Warned5::new(lab);
    let bench = &warned.lab.bench;
    let begun = bench.time.now();
    warned.run(|_| (), async {
        assert!(matches!(warned.stage().await, Stage::Until(_)));
        let host = bench.world().session(session).unwrap().host;
        bench.simulator().world.end_session(session, begun);
        while bench.recorded(Operation::UserSessionsGet).last().unwrap().status != Some(404) {
            warned.pass(Duration::from_millis(1)).await;
        }
        let upn = USER.to_owned();
        let mut simulator = bench.simulator();
        simulator.world.schedule(begun, Event::StartSession { host, upn });
    });
    assert_eq!(warned.outcomes(), [Some(Outcome::AlreadyGone)]);
    assert_eq!(warned.deletes(), 0);
}

#[test]
fn somebody_else_under_the_id_is_not_even_told() {
    let warned = Warned5::new(one_active());
    warned.run(
        |lab| {
            let replace = FaultAction::ReplaceSession {
                user: Some(OTHER.into()),
                same_user: false,
            };
            lab.bench.fault(Fault::once(replace).on(Operation::UserSessionsGet));
        },
        async {},
    );
    assert_eq!(warned.outcomes(), [Some(Outcome::WrongPerson)]);
    assert_eq!((warned.messages(), warned.deletes()), (0, 0));
}

#[test]
fn taken_up_after_a_sign_in_nobody_is_told_twice_and_everybody_gets_the_time_anew() {
    let warned = Warned5::new(one_active());
    let unsent = Rc::new(RefCell::new(Vec::new()));
    let bench = &warned.lab.bench;
    let arm = bench.arm(OPERATOR);
    let findings = bench.find(&arm, USER);
    let confirmed = Plan::freeze(findings.rows(), act(), &Circumstances::default())
        .confirm("")
        .unwrap();
    let intended = warned.receipt.borrow_mut().intend(&confirmed, bench.time.now());
    // The page leaves in the middle of the time.
    let mut work = Box::pin(carry_out(&arm, intended, warned.control.clone()));
    bench.time.run(async {
        let step = work.next().await.unwrap();
        warned.receipt.borrow_mut().apply(step);
        assert!(matches!(warned.stage().await, Stage::Until(_)));
        *unsent.borrow_mut() = warned.control.step_up.unsent();
    });
    drop(work);
    assert_eq!(*unsent.borrow(), [0]);
    let again = warned.receipt.borrow().resume(&unsent.borrow());
    let begun = bench.time.now();
    let control = Control::default();
    bench.time.run(carry_out(&arm, again, control).for_each(|step| {
        warned.receipt.borrow_mut().apply(step);
        async {}
    }));
    assert_eq!(warned.outcomes(), [Some(Outcome::Gone)]);
    assert_eq!((warned.messages(), warned.deletes()), (1, 1));
    assert!(warned.times(Operation::UserSessionsDelete)[0] - begun >= 5 * MINUTE);
}
