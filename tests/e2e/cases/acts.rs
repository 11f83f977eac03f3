//! Disconnect, Send message, and a log off with a message before it, by mouse.

use crate::harness::record::Record as _;
use crate::harness::{Bench, Name, Role, Within, bench, until_so};
use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR, UMLAUT};
use azure_simulator::world::SessionState;
use azure_simulator::{Operation, Simulator};

const TITLE: &str = "Short notice";
const TEXT: &str = "Please save – 保存してください.";

/// Finds the user, selects every session, and opens the dialog of this act.
async fn ask(bench: &Bench, upn: &str, act: &str) {
    bench.open_signed_in().await;
    bench.search(upn).await;
    bench.click(Role::Checkbox, "Select all sessions").await;
    bench.click(Role::Button, &format!("{act}…")).await;
    bench.find(Role::Alertdialog, Name::Begins(act)).await;
    bench.wait_for_focus(Role::Button, "Cancel").await;
}

async fn write_message(bench: &Bench) {
    for (name, text) in [("Title", TITLE), ("Message", TEXT)] {
        bench.find(Role::Textbox, name).await.send_keys(text).await.unwrap();
    }
}

/// Presses the dialog's own button, which the page's toolbar has none of the same name as.
async fn confirm(bench: &Bench, name: &str) {
    let dialog = bench.find(Role::Alertdialog, Name::Any).await;
    let act = Within::Element(&dialog).find(Role::Button, name.into()).await;
    until_so("the button can be pressed", async || act.is_enabled().await.unwrap()).await;
    act.click().await.unwrap();
    bench.wait_for_none(Role::Alertdialog, Name::Any).await;
}

fn active(azure: &Simulator, upn: &str) -> usize {
    let sessions = azure.world.sessions_of(upn);
    sessions.iter().filter(|one| one.state == SessionState::Active).count()
}

#[test]
fn a_disconnection_is_asked_for_confirmed_and_seen() {
    bench(
        |_| {},
        async |bench| {
            let before = active(&bench.azure(), UMLAUT);
            assert!(before > 0, "there is nobody to disconnect");
            ask(bench, UMLAUT, "Disconnect").await;
            assert!(bench.azure().acts().is_empty());
            confirm(bench, "Disconnect").await;
            bench.wait_for_outcomes(&["requested"]).await;
            until_so("it was seen", async || {
                bench.region("Receipt").await.contains("Seen to be disconnected")
            })
            .await;
            let azure = bench.azure();
            assert_eq!(active(&azure, UMLAUT), 0);
            assert_eq!(azure.count(Operation::UserSessionsDisconnect), before);
            assert_eq!(azure.count(Operation::UserSessionsDelete), 0);
        },
    );
}

#[test]
fn a_message_is_written_confirmed_and_said_to_be_accepted() {
    bench(
        |_| {},
        async |bench| {
            let in_use = active(&bench.azure(), MANY_SESSIONS);
            ask(bench, MANY_SESSIONS, "Send message").await;
            let send = bench.find(Role::Button, "Send").await;
            assert!(!send.is_enabled().await.unwrap(), "nothing was written yet");
            write_message(bench).await;
            confirm(bench, "Send").await;
            until_so("Azure has accepted every message", async || {
                bench.azure().count(Operation::UserSessionsSendMessage) == in_use
            })
            .await;
            until_so("the page says so", async || {
                bench
                    .region("Receipt")
                    .await
                    .matches("Azure has accepted the message")
                    .count()
                    == in_use
            })
            .await;
            let azure = bench.azure();
            for session in azure.world.sessions_of(MANY_SESSIONS) {
                let expected = usize::from(session.state == SessionState::Active);
                assert_eq!(session.messages.len(), expected);
                for message in &session.messages {
                    assert_eq!((&*message.title, &*message.body, &*message.by), (TITLE, TEXT, OPERATOR));
                }
            }
            assert_eq!(azure.count(Operation::UserSessionsDelete), 0);
        },
    );
}

#[test]
fn after_a_message_nobody_is_logged_off_until_the_time_is_over_or_cut_short() {
    bench(
        |_| {},
        async |bench| {
            ask(bench, UMLAUT, "Log off").await;
            bench.click(Role::Checkbox, "Message first").await;
            write_message(bench).await;
            confirm(bench, "Log off").await;
            bench.find(Role::Button, "Pause").await;
            bench.click(Role::Button, "Pause").await;
            bench.find(Role::Button, "Go on").await;
            bench.wait_for_focus(Role::Button, "Go on").await;
            {
                let azure = bench.azure();
                assert_eq!(azure.count(Operation::UserSessionsSendMessage), 1);
                assert_eq!(azure.count(Operation::UserSessionsDelete), 0);
            }
            bench.assert_one_voice().await;
            bench.click(Role::Button, "Log off now").await;
            bench.wait_for_outcomes(&["gone"]).await;
            bench.wait_for_none(Role::Button, "Log off now").await;
            let azure = bench.azure();
            azure.assert_each_delete_was_guarded();
            assert_eq!(azure.count(Operation::UserSessionsSendMessage), 1);
        },
    );
}

#[test]
fn cancelled_after_the_message_nobody_is_logged_off() {
    bench(
        |_| {},
        async |bench| {
            ask(bench, UMLAUT, "Log off").await;
            bench.click(Role::Checkbox, "Message first").await;
            write_message(bench).await;
            confirm(bench, "Log off").await;
            bench.click(Role::Button, "Cancel the log off").await;
            bench.wait_for_outcomes(&["cancelled"]).await;
            assert!(bench.region("Receipt").await.contains("had been told"));
            let azure = bench.azure();
            assert_eq!(azure.count(Operation::UserSessionsSendMessage), 1);
            assert_eq!(azure.count(Operation::UserSessionsDelete), 0);
        },
    );
}
