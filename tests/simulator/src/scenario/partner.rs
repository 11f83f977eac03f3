//! The company with a partner: a second tenant in which one of the company's people is a guest.

use super::{
    OPERATOR, PARTNER_DOMAIN, PARTNER_OPERATOR, PARTNER_POOLS, PARTNER_SUBSCRIPTION, PARTNER_TENANT_ID, PARTNER_USER,
};
use crate::simulator::Origins;
use crate::world::{HostStatus, PoolKind, SessionState, World, custom_operator_role};
use std::time::Duration;
use time::OffsetDateTime;

impl World {
    /// [`World::company`] and the tenant "Fabrikam": one subscription, two host pools, some sessions. The company's
    /// operator is a guest there and may log off; nobody else of the company is known there. The application is a
    /// multi-tenant one, or Fabrikam would not know it.
    pub fn company_and_partner(origins: &Origins, seed: u64, now: OffsetDateTime) -> Self {
        let mut world = Self::company(origins, seed, now);
        for application in &mut world.applications {
            application.multi_tenant = true;
        }
        world.add_tenant(PARTNER_TENANT_ID, PARTNER_DOMAIN, "Fabrikam");
        let operator = world.add_member(PARTNER_TENANT_ID, PARTNER_OPERATOR, "Fabrikam operator");
        operator.signs_in = true;
        operator.note = "belongs to Fabrikam and is unknown to Contoso".to_owned();
        world.add_member(PARTNER_TENANT_ID, PARTNER_USER, "Fabrikam user").note =
            "two sessions in the tenant Fabrikam".to_owned();
        world.invite(PARTNER_TENANT_ID, OPERATOR);
        world.add_subscription_in(PARTNER_TENANT_ID, PARTNER_SUBSCRIPTION, "Fabrikam AVD");
        let (role, scope) = (
            custom_operator_role().name,
            format!("/subscriptions/{PARTNER_SUBSCRIPTION}"),
        );
        world.assign(OPERATOR, &role, &scope);
        world.assign(PARTNER_OPERATOR, &role, &scope);
        build(&mut world, now);
        world
    }
}

fn build(world: &mut World, now: OffsetDateTime) {
    for (place, name) in PARTNER_POOLS.into_iter().enumerate() {
        let pool = world.add_host_pool(PARTNER_SUBSCRIPTION, "rg-fabrikam-avd", name, PoolKind::Pooled);
        for number in 1..=2 {
            let host = format!("FABVD{place}{number}.corp.fabrikam.example");
            let host = world.add_host(pool, &host, HostStatus::Available);
            let upn = match number {
                1 => PARTNER_USER.to_owned(),
                _ => format!("user{place:02}@fabrikam.example"),
            };
            let ticks = world.seed.between(1, 9_999_999);
            let created = now - Duration::from_secs(7200) - Duration::from_nanos(ticks * 100);
            let key = world.add_session(host, &upn, SessionState::Active, created);
            if let Some(session) = world.session_mut(key) {
                session.ad_user = session.ad_user.replacen("CONTOSO", "FABRIKAM", 1);
            }
        }
    }
}
