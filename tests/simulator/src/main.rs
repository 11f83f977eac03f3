//! The simulator as a program: serves the built page, the login server and Resource Manager, says where and what to
//! try, and runs until Ctrl-C.

use azure_simulator::scenario::Scenario;
use azure_simulator::server::{Listeners, PageSettings, Ports, Recipe, serve, what_to_try};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use time::OffsetDateTime;

const USAGE: &str = "azure-simulator --page DIR [--page-port 4460] [--login-port 4461] [--arm-port 4462] \
[--control-port 4463] [--scenario FILE.json] [--seed 1] [--quick]

  --page      folder with the built page; its config.json is replaced by one that names the servers
  --scenario  world, switches and faults; without it the company, with the latency of a normal day
  --quick     no latency
  ports       0 lets the system choose";

struct Arguments {
    page: PathBuf,
    ports: Ports,
    scenario: Option<PathBuf>,
    seed: u64,
    quick: bool,
}

fn read_arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut page = None;
    let mut arguments = Arguments {
        page: PathBuf::new(),
        ports: Ports {
            page: 4460,
            login: 4461,
            arm: 4462,
            control: 4463,
        },
        scenario: None,
        seed: 1,
        quick: false,
    };
    while let Some(name) = given.next() {
        if name == "--quick" {
            arguments.quick = true;
            continue;
        }
        let value = given
            .next()
            .ok_or_else(|| format!("{name} needs a value, or is not known"))?;
        let number = || {
            value
                .parse::<u16>()
                .map_err(|_| format!("{name}: {value} is not a port"))
        };
        match name.as_str() {
            "--page" => page = Some(PathBuf::from(&value)),
            "--page-port" => arguments.ports.page = number()?,
            "--login-port" => arguments.ports.login = number()?,
            "--arm-port" => arguments.ports.arm = number()?,
            "--control-port" => arguments.ports.control = number()?,
            "--scenario" => arguments.scenario = Some(PathBuf::from(&value)),
            "--seed" => arguments.seed = value.parse().map_err(|_| format!("{name}: {value} is not a number"))?,
            _ => return Err(format!("{name} is not known")),
        }
    }
    arguments.page = page.ok_or("--page is missing")?;
    Ok(arguments)
}

fn read_scenario(arguments: &Arguments) -> Result<Scenario, String> {
    let mut scenario = match &arguments.scenario {
        None => {
            let mut usual = Scenario::default();
            usual.switches.latency = true;
            usual
        }
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
            Scenario::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?
        }
    };
    scenario.switches.latency &= !arguments.quick;
    Ok(scenario)
}

async fn run() -> Result<(), String> {
    let arguments = read_arguments(std::env::args().skip(1)).map_err(|why| format!("{why}\n\n{USAGE}"))?;
    let scenario = read_scenario(&arguments)?;
    let listeners = Listeners::bind(arguments.ports)
        .await
        .map_err(|error| error.to_string())?;
    let (origins, seed) = (listeners.origins(), arguments.seed);
    let description = scenario.description.clone();
    let recipe: Recipe = Arc::new(move || scenario.simulator(origins.clone(), seed, OffsetDateTime::now_utc()));
    let simulator = Arc::new(Mutex::new(recipe()));
    let servers = serve(simulator, PageSettings::new(&arguments.page), listeners, Some(recipe)).await;
    if !arguments.page.join("index.html").is_file() {
        say(&format!(
            "There is no index.html in {}: the page answers 404 until it is built.",
            arguments.page.display()
        ));
    }
    say(&what_to_try(&servers.lock()));
    if !description.is_empty() {
        say(&format!("Scenario: {description}\n"));
    }
    say(&format!(
        "Page     {}/\nLogin    {}\nARM      {}\nControl  {} (GET /record, /faults, /world/users, /world/history; POST /faults, \
         /reset; DELETE /faults)\n\nCtrl-C ends it.",
        servers.origins.page, servers.origins.login, servers.origins.arm, servers.control
    ));
    tokio::signal::ctrl_c().await.map_err(|error| error.to_string())
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            complain(&why);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stdout, reason = "the one place where this program speaks to people")]
fn say(text: &str) {
    println!("{text}");
}

#[allow(
    clippy::print_stderr,
    reason = "the one place where this program says what went wrong"
)]
fn complain(text: &str) {
    eprintln!("{text}");
}
