//! How long things take: seeded, per operation, roughly what people see in the Azure portal. Off by default.

use crate::record::Operation;
use crate::simulator::Simulator;
use std::time::Duration;

/// The delay of the next request of this kind.
pub(crate) fn of(simulator: &mut Simulator, operation: Operation) -> Duration {
    if !simulator.world.switches.latency {
        return Duration::ZERO;
    }
    let (low, high) = match operation {
        Operation::Preflight => (20, 60),
        Operation::Token => (150, 350),
        Operation::SubscriptionsList | Operation::SubscriptionsGet | Operation::TenantsList => (80, 250),
        Operation::HostPoolsList | Operation::HostPoolsListByResourceGroup => (200, 700),
        Operation::UserSessionsListByHostPool => (250, 1200),
        Operation::SessionHostsList | Operation::UserSessionsList => (200, 800),
        Operation::UserSessionsDelete => (400, 1500),
        Operation::UserSessionsDisconnect | Operation::UserSessionsSendMessage => (300, 900),
        Operation::ResourceGraph => (150, 500),
        _ => (60, 250),
    };
    Duration::from_millis(simulator.seed.between(low, high))
}
