//! What to try: a table made from the world, so that it cannot be wrong.

use crate::simulator::Simulator;
use crate::world::{Session, World};

/// Who can sign in, and which users have which sessions.
pub fn what_to_try(simulator: &Simulator) -> String {
    let world = &simulator.world;
    let mut text = String::from("Sign in as\n");
    for person in world.people.iter().filter(|person| person.signs_in) {
        text.push_str(&format!("  {:<34} {}\n", person.upn, person.note));
    }
    text.push_str("\nLook for\n");
    for (upn, note, _) in world.stories() {
        text.push_str(&format!("  {upn:<52} {note}\n"));
        for session in world.sessions_of(&upn) {
            text.push_str(&format!("      {}\n", line(world, session)));
        }
    }
    text.push_str(&format!(
        "\n{} subscriptions, {} host pools, {} hosts, {} sessions.\n",
        world.subscriptions.len(),
        world.host_pools().len(),
        world.hosts().len(),
        world.sessions().len()
    ));
    text
}

fn line(world: &World, session: &Session) -> String {
    let host = world.host(session.host);
    let pool = host.and_then(|host| world.pool(host.pool));
    format!(
        "{} / {} / {}, {}, host {}",
        pool.map(|pool| pool.name.as_str()).unwrap_or_default(),
        host.map(|host| host.name.as_str()).unwrap_or_default(),
        session.number,
        session.state.as_str(),
        host.map(|host| host.status.as_str()).unwrap_or_default()
    )
}
