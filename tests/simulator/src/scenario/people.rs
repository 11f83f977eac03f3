//! The company's people: three who sign in to the page, those with a story of their own, and many others.

use super::{
    APOSTROPHE, COMES_BACK, GHOST, GUEST, HALF_HIDDEN, LIMITED_OPERATOR, MANY_SESSIONS, NO_SESSION, OPERATOR, READER,
    REFUSED_POOL, SLOW, STUCK, SUBSCRIPTIONS, UMLAUT,
};
use crate::world::{RoleDefinition, World};

/// How many ordinary users there are.
pub(super) const ORDINARY: u64 = 720;

/// The UPN of an ordinary user.
pub(super) fn ordinary(number: u64) -> String {
    format!("user{number:04}@contoso.example")
}

/// Users with a story, and what it is.
pub(super) const STORIES: [(&str, &str); 10] = [
    (MANY_SESSIONS, "sessions in several host pools and subscriptions"),
    (GHOST, "a session on a host that is shut down: goes only with force"),
    (NO_SESSION, "no session at all"),
    (COMES_BACK, "starts a new session eight seconds after the log off"),
    (SLOW, "takes half a minute to log off"),
    (STUCK, "stays in state LogOff until force is used"),
    (
        HALF_HIDDEN,
        "one session in view, another in the host pool that refuses the operator",
    ),
    (APOSTROPHE, "an apostrophe in the name"),
    (UMLAUT, "an umlaut in the name"),
    (GUEST, "a guest account"),
];

pub(super) fn settle(world: &mut World) {
    for (upn, note) in STORIES {
        let name = if upn == GUEST {
            "Guest of a partner"
        } else {
            "User with a story"
        };
        world.add_person(upn, name).note = note.to_owned();
    }
    for number in 1..=ORDINARY {
        let upn = ordinary(number);
        if world.person(&upn).is_none() {
            world.add_person(&upn, &format!("User {number}"));
        }
    }
    let staff = [
        (
            OPERATOR,
            "Operator",
            format!("finds and logs off everywhere; {REFUSED_POOL} refuses to be looked into"),
        ),
        (
            READER,
            "Reader",
            "finds sessions everywhere, may not log off".to_owned(),
        ),
        (
            LIMITED_OPERATOR,
            "Limited operator",
            "may log off, but cannot list sessions by host pool".to_owned(),
        ),
    ];
    for (upn, name, note) in staff {
        let person = world.add_person(upn, name);
        person.signs_in = true;
        person.note = note;
    }
    give_roles(world);
}

fn give_roles(world: &mut World) {
    let custom = crate::world::custom_operator_role().name;
    let seer = "AVD Host Pool Name Reader";
    world.roles.push(RoleDefinition::new(
        seer,
        &[
            "Microsoft.Resources/subscriptions/read",
            "Microsoft.DesktopVirtualization/hostpools/read",
        ],
    ));
    let scopes = SUBSCRIPTIONS.map(|id| format!("/subscriptions/{id}"));
    // Roles only add, so the refusing pool is left out: its subscription gives the role group by group.
    world.assign(OPERATOR, &custom, &scopes[0]);
    world.assign(OPERATOR, &custom, &scopes[1]);
    world.assign(OPERATOR, seer, &scopes[2]);
    for group in ["rg-avd-projects", "rg-avd-test"] {
        world.assign(OPERATOR, &custom, &format!("{}/resourceGroups/{group}", scopes[2]));
    }
    for scope in &scopes {
        world.assign(READER, "Desktop Virtualization Reader", scope);
        world.assign(LIMITED_OPERATOR, "Desktop Virtualization User Session Operator", scope);
    }
}
