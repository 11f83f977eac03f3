//! The simulator over loopback sockets: page, login server, Resource Manager and a control face, each an origin of its
//! own, so that CORS is real. Usable from a test in the same process, which can lock the simulator and look or meddle.

mod control;
mod faces;
mod page;
mod portal;
mod table;

pub use page::{PageConfig, PageSettings};
pub use portal::PortalSettings;
pub use table::what_to_try;

use crate::simulator::{Origins, Simulator};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Which ports to listen on; 0 lets the system choose.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    /// The page.
    pub page: u16,
    /// The login server.
    pub login: u16,
    /// Resource Manager.
    pub arm: u16,
    /// The control face.
    pub control: u16,
}

/// The host names of page, login server and Resource Manager. Whatever they are, everything listens on 127.0.0.1:
/// browsers resolve `localhost` and every name below it to the loopback address (RFC 6761, section 6.3; Chromium and
/// Firefox without asking DNS). To a browser `contoso.localhost` is a site, so that `avd.contoso.localhost` and
/// `portal.contoso.localhost` are same-site, and `portal.fabrikam.localhost` is cross-site to both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostNames {
    /// The page.
    pub page: String,
    /// The login server.
    pub login: String,
    /// Resource Manager.
    pub arm: String,
}

impl Default for HostNames {
    fn default() -> Self {
        Self {
            page: LOCALHOST.to_owned(),
            login: LOCALHOST.to_owned(),
            arm: LOCALHOST.to_owned(),
        }
    }
}

const LOCALHOST: &str = "localhost";

/// Sockets that listen already, so that the origins are known before there is a simulator.
#[derive(Debug)]
pub struct Listeners {
    page: TcpListener,
    login: TcpListener,
    arm: TcpListener,
    control: TcpListener,
    origins: Origins,
    control_origin: String,
}

impl Listeners {
    /// Binds all four on 127.0.0.1, with `localhost` in every origin.
    ///
    /// # Errors
    /// If a port is taken.
    pub async fn bind(ports: Ports) -> io::Result<Self> {
        Self::bind_named(ports, HostNames::default()).await
    }

    /// Binds all four on 127.0.0.1, with these names in the origins. The control face stays at `localhost`.
    ///
    /// # Errors
    /// If a port is taken.
    pub async fn bind_named(ports: Ports, names: HostNames) -> io::Result<Self> {
        let (page, login) = (listen(ports.page).await?, listen(ports.login).await?);
        let (arm, control) = (listen(ports.arm).await?, listen(ports.control).await?);
        let origins = Origins {
            page: origin_of(&names.page, &page)?,
            login: origin_of(&names.login, &login)?,
            arm: origin_of(&names.arm, &arm)?,
        };
        let control_origin = origin_of(LOCALHOST, &control)?;
        Ok(Self {
            page,
            login,
            arm,
            control,
            origins,
            control_origin,
        })
    }

    /// The three origins that make a simulator.
    pub fn origins(&self) -> Origins {
        self.origins.clone()
    }
}

/// An origin as a browser writes it: host names in lower case.
fn origin_of(host: &str, listener: &TcpListener) -> io::Result<String> {
    let port = listener.local_addr()?.port();
    Ok(format!("http://{}:{port}", host.to_ascii_lowercase()))
}

async fn listen(port: u16) -> io::Result<TcpListener> {
    let describe = |error: io::Error| io::Error::new(error.kind(), format!("port {port}: {error}"));
    TcpListener::bind(("127.0.0.1", port)).await.map_err(describe)
}

/// Makes a fresh simulator, for the control face's reset.
pub type Recipe = Arc<dyn Fn() -> Simulator + Send + Sync>;

/// Servers that run until this value is dropped.
pub struct RunningServers {
    /// What answers.
    pub simulator: Arc<Mutex<Simulator>>,
    /// How the page is served; changes hold from the next request on.
    pub page: Arc<Mutex<PageSettings>>,
    /// Where page, login server and ARM are.
    pub origins: Origins,
    /// Where the control face is.
    pub control: String,
    /// Shared, so that a portal can be added by whoever holds a reference.
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl RunningServers {
    /// The simulator, locked. Hold it shortly: requests wait for it.
    pub fn lock(&self) -> MutexGuard<'_, Simulator> {
        lock(&self.simulator)
    }

    /// The page's settings, locked.
    pub fn page_settings(&self) -> MutexGuard<'_, PageSettings> {
        lock(&self.page)
    }

    /// Starts one more server at a port of its own on 127.0.0.1: a portal that frames something. Gives its origin. It
    /// runs as long as these servers.
    ///
    /// # Errors
    /// If there is no free port.
    pub async fn portal(&self, settings: PortalSettings) -> io::Result<String> {
        let listener = listen(0).await?;
        let origin = origin_of(&settings.host, &listener)?;
        let task = tokio::spawn(run(listener, portal::router(settings)));
        lock(&self.tasks).push(task);
        Ok(origin)
    }
}

impl Drop for RunningServers {
    fn drop(&mut self) {
        lock(&self.tasks).iter().for_each(JoinHandle::abort);
    }
}

/// Serves the simulator. `recipe` is what `POST /reset` on the control face makes a new one with; without it, reset only
/// clears record and faults.
pub async fn serve(
    simulator: Arc<Mutex<Simulator>>,
    page: PageSettings,
    listeners: Listeners,
    recipe: Option<Recipe>,
) -> RunningServers {
    let Listeners {
        page: page_at,
        login,
        arm,
        control,
        origins,
        control_origin,
    } = listeners;
    let page = Arc::new(Mutex::new(page));
    let tasks = vec![
        tokio::spawn(faces::serve(login, origins.login.clone(), Arc::clone(&simulator))),
        tokio::spawn(faces::serve(arm, origins.arm.clone(), Arc::clone(&simulator))),
        tokio::spawn(run(page_at, page::router(Arc::clone(&page), origins.clone()))),
        tokio::spawn(run(control, control::router(Arc::clone(&simulator), recipe))),
    ];
    RunningServers {
        simulator,
        page,
        origins,
        control: control_origin,
        tasks: Mutex::new(tasks),
    }
}

async fn run(listener: TcpListener, router: axum::Router) {
    // It ends only with its task; a failed connection is the client's affair.
    let _ended = axum::serve(listener, router).await;
}

/// A panic in a test that held the lock must not take the servers down with it.
pub(crate) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
