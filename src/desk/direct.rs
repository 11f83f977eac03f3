//! Opening one session by its address, without a search: it is read and shown, and nothing more. Nothing is concluded
//! about any host pool from it.

use futures::future::{join, join3};
use futures::stream::Stream;

use super::search::Event;
use super::telling::{Teller, telling};
use crate::arm::request::Needs;
use crate::arm::{
    ArmClient, ArmError, ArmErrorKind, HostPool, HostPoolId, SessionHost, SessionId, UserSession, host_pools,
    permissions, session_hosts, subscriptions, user_sessions,
};

/// Reads the session, its host and what the person may do there. For
/// [`Findings::of_address`](super::findings::Findings::of_address); without a session and without
/// [`Event::NotOpened`] there is none at that address.
pub fn open(client: &ArmClient, id: SessionId) -> impl Stream<Item = Event> + use<> {
    let client = client.for_new_action();
    telling(|teller| async move {
        let opening = Opening { client, teller };
        if let Err(error) = opening.open(&id).await {
            opening.teller.tell(Event::NotOpened(Box::new(error)));
        }
        opening.teller.tell(Event::Finished);
    })
}

struct Opening {
    client: ArmClient,
    teller: Teller<Event>,
}

impl Opening {
    async fn open(&self, id: &SessionId) -> Result<(), ArmError> {
        let name = subscriptions::get(&self.client, id.subscription());
        let (session, subscription, pool) = join3(user_sessions::get(&self.client, id), name, self.pool(id)).await;
        // Without its name the subscription is called by its id.
        if let Ok(subscription) = subscription {
            self.teller.tell(Event::Subscriptions(vec![subscription]));
        }
        if let Some(pool) = pool {
            self.teller.tell(Event::HostPoolOfAddress(pool));
        }
        if let Some(session) = session? {
            let host = async {
                let host = session_hosts::get(&self.client, &session.id.host()?).await.ok()?;
                Some(vec![host])
            };
            self.tell(&session, host).await;
        } else if let Some(pool) = id.pool() {
            self.look_in_other_case(id, &pool).await?;
        }
        Ok(())
    }

    /// Only a sentence of the dialog rests on it.
    async fn pool(&self, id: &SessionId) -> Option<HostPool> {
        host_pools::get(&self.client, &id.pool()?).await.ok()?
    }

    /// Azure looks a session host up with regard to letter case, so its 404 may mean only that: the pool's own list
    /// tells how the host is written.
    async fn look_in_other_case(&self, id: &SessionId, pool: &HostPoolId) -> Result<(), ArmError> {
        let hosts = match session_hosts::list(&self.client, pool).await {
            Ok(hosts) => hosts,
            // No such host pool: then there is no session in it either.
            Err(error) if error.kind == ArmErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        if hosts.is_empty() {
            return self.no_hosts(pool).await;
        }
        let written = hosts.iter().filter(|host| host.id.session_host() != id.session_host());
        let Some(right) = written.filter_map(|host| id.in_case_of(&host.id)).next() else {
            return Ok(());
        };
        if let Some(session) = user_sessions::get(&self.client, &right).await? {
            self.tell(&session, async { Some(hosts) }).await;
        }
        Ok(())
    }

    /// A list may be empty only because a right is missing.
    async fn no_hosts(&self, pool: &HostPoolId) -> Result<(), ArmError> {
        let permissions = permissions::at_host_pool(&self.client, pool).await?;
        if permissions.allow(session_hosts::READ) {
            return Ok(());
        }
        let needs = Needs::new(session_hosts::READ, pool.as_str());
        Err(ArmError::unanswered(
            ArmErrorKind::Forbidden,
            needs,
            self.client.request_id(),
        ))
    }

    async fn tell(&self, session: &UserSession, hosts: impl Future<Output = Option<Vec<SessionHost>>>) {
        self.teller.tell(Event::Sessions(vec![session.clone()]));
        let rights = async {
            let pool = session.id.pool()?;
            let permissions = permissions::at_host_pool(&self.client, &pool).await.ok()?;
            Some(Event::Rights(pool, permissions.rights()))
        };
        let (hosts, rights) = join(hosts, rights).await;
        let events = hosts.map(Event::Hosts).into_iter().chain(rights);
        events.for_each(|event| self.teller.tell(event));
    }
}
