//! A scenario in a JSON file: which world, which switches, which faults.

use crate::cors::CorsSettings;
use crate::faults::Fault;
use crate::simulator::{Origins, Simulator};
use crate::switches::Switches;
use crate::world::World;
use serde::Deserialize;
use time::OffsetDateTime;

/// What a scenario file says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Scenario {
    /// For people.
    pub description: String,
    /// Which world.
    pub world: WorldName,
    /// How Azure behaves in it.
    pub switches: Switches,
    /// What a page may read.
    pub cors: CorsSettings,
    /// What goes wrong.
    pub faults: Vec<Fault>,
}

/// A world by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WorldName {
    /// [`World::company`].
    #[default]
    Company,
    /// People and rights as in the company, and no host pool at all.
    NoHostPools,
    /// [`World::company_and_partner`].
    CompanyAndPartner,
}

/// The file could not be understood.
#[derive(Debug)]
pub struct ScenarioError(String);

impl std::fmt::Display for ScenarioError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ScenarioError {}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// If the text is not JSON of this form; unknown names are errors too.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        serde_json::from_str(text).map_err(|error| ScenarioError(error.to_string()))
    }

    /// A simulator as the scenario wants it.
    pub fn simulator(&self, origins: Origins, seed: u64, now: OffsetDateTime) -> Simulator {
        let mut world = match self.world {
            WorldName::CompanyAndPartner => World::company_and_partner(&origins, seed, now),
            WorldName::Company | WorldName::NoHostPools => World::company(&origins, seed, now),
        };
        if self.world == WorldName::NoHostPools {
            world.remove_host_pools();
        }
        world.switches = self.switches.clone();
        let mut simulator = Simulator::new(origins, world, seed);
        simulator.cors = self.cors.clone();
        simulator.faults.clone_from(&self.faults);
        simulator
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_file_is_read() {
        let scenario = Scenario::parse(include_str!("../../scenarios/troubled-day.json")).unwrap();
        assert!(!scenario.faults.is_empty());
    }

    #[test]
    fn a_wrong_name_is_an_error() {
        assert!(Scenario::parse(r#"{"swiches":{}}"#).is_err());
        assert!(Scenario::parse("{}").is_ok());
    }
}
