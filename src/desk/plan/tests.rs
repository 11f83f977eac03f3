//! Plans over made-up rows.

use super::{Circumstances, Friction, LeftOut, Plan};
use crate::arm::{
    ApplicationType, HostStatus, SessionHost, SessionHostId, SessionId, SessionState, Timestamp, UserSession,
};
use crate::desk::act::{Act, Message, MessageFault, Warning};
use crate::desk::findings::Row;

const HOST: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg/providers/Microsoft.DesktopVirtualization/hostpools/pool/sessionhosts/vm-1";

fn row(number: u32, user: Option<&str>, status: Option<HostStatus>) -> Row {
    Row {
        session: UserSession {
            id: SessionId::parse(&format!("{HOST}/usersessions/{number}")).unwrap(),
            user: user.map(str::to_owned),
            directory_user: None,
            state: SessionState::Active,
            application: ApplicationType::Desktop,
            created: Some(Timestamp::new("2026-11-20T08:00:00Z")),
        },
        subscription: "One".into(),
        pool_type: None,
        host: status.map(|status| SessionHost {
            id: SessionHostId::parse(HOST).unwrap(),
            status,
            last_heart_beat: None,
            allow_new_session: None,
        }),
    }
}

fn plan(rows: &[Row], force: bool) -> Plan {
    let circumstances = Circumstances {
        operator: "operator@contoso.example".into(),
        protected_users: vec!["board-*@contoso.example".into()],
        allow_skipping: true,
    };
    Plan::freeze(rows, Act::log_off(force), &circumstances)
}

#[test]
fn one_users_sessions_take_a_click() {
    let rows = [
        row(1, Some("a@contoso.example"), None),
        row(2, Some("A@contoso.example"), None),
    ];
    let plan = plan(&rows, false);
    assert_eq!((plan.friction(), plan.text_to_type()), (vec![], None));
    assert!(plan.may_skip_dialog() && plan.confirm("").is_ok());
}

#[test]
fn risk_asks_for_typing() {
    let off = || Some(HostStatus::Shutdown);
    let cases = [
        (
            vec![row(1, Some("a@x.example"), off()), row(2, Some("b@x.example"), off())],
            false,
            Some(Friction::SeveralUsers),
            Some("2"),
        ),
        (
            vec![row(1, Some("a@x.example"), Some(HostStatus::Available))],
            true,
            Some(Friction::ForceOnHealthyHost),
            Some("a@x.example"),
        ),
        (
            vec![row(1, Some("a@x.example"), None)],
            true,
            Some(Friction::ForceOnHealthyHost),
            Some("a@x.example"),
        ),
        (vec![row(1, Some("a@x.example"), off())], true, None, None),
        (
            vec![row(1, Some("Board-1@Contoso.example"), off())],
            false,
            Some(Friction::ProtectedUser),
            Some("Board-1@Contoso.example"),
        ),
        (
            vec![row(1, Some("OPERATOR@contoso.example"), off())],
            false,
            Some(Friction::OwnSession),
            Some("OPERATOR@contoso.example"),
        ),
    ];
    for (rows, force, friction, text) in cases {
        let plan = plan(&rows, force);
        assert_eq!(plan.friction(), friction.into_iter().collect::<Vec<_>>());
        assert_eq!(plan.text_to_type().as_deref(), text);
        assert_eq!(plan.may_skip_dialog(), text.is_none() && !force);
        if let Some(text) = text {
            assert!(!plan.is_confirmed_by("") && !plan.is_confirmed_by(&text[1..]));
            assert!(plan.is_confirmed_by(&format!(" {} ", text.to_uppercase())));
        }
    }
}

#[test]
fn rows_that_name_nobody_are_in_no_plan_and_an_empty_plan_cannot_be_confirmed() {
    let plan = plan(&[row(1, None, None)], false);
    assert!(plan.sessions().is_empty());
    assert!(plan.confirm("").is_err());
}

#[test]
fn sessions_for_which_an_act_is_nothing_are_left_out_and_told() {
    let mut rows = [
        row(1, Some("a@x.example"), None),
        row(2, Some("a@x.example"), None),
        row(3, Some("a@x.example"), None),
    ];
    rows[1].session.state = SessionState::Disconnected;
    rows[2].session.state = SessionState::Pending;
    let numbers = |act: Act| {
        let plan = Plan::freeze(&rows, act, &Circumstances::default());
        let taken: Vec<String> = plan
            .sessions()
            .iter()
            .map(|p| p.identity.id.session().to_owned())
            .collect();
        let left: Vec<(String, LeftOut)> = plan
            .left_out()
            .iter()
            .map(|(identity, why)| (identity.id.session().to_owned(), *why))
            .collect();
        (taken.join(","), left)
    };
    let message = Act::SendMessage(Message::default());
    let not_active = |number: &str| (number.to_owned(), LeftOut::NotActive);
    assert_eq!(numbers(message), ("1".into(), vec![not_active("2"), not_active("3")]));
    let disconnected = vec![("2".to_owned(), LeftOut::AlreadyDisconnected)];
    assert_eq!(numbers(Act::Disconnect), ("1,3".into(), disconnected));
    assert_eq!(numbers(Act::log_off(false)), ("1,2,3".into(), vec![]));
}

#[test]
fn a_message_has_to_be_written_before_it_is_confirmed() {
    let rows = [row(1, Some("a@x.example"), None)];
    let mut plan = plan(&rows, false);
    plan.set_warning(Some(Warning::default()));
    assert_eq!(
        plan.act().message().and_then(Message::fault),
        Some(MessageFault::NoTitle)
    );
    assert!(!plan.is_confirmed_by("") && !plan.may_skip_dialog());
    plan.write_message(|message| {
        message.title = "Title".into();
        message.text = "Text".into();
    });
    assert!(plan.is_confirmed_by(""));
    assert!(!plan.may_skip_dialog(), "more than a plain log off");
    plan.set_warning(None);
    assert!(plan.may_skip_dialog());
}
