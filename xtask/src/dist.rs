//! `cargo xtask dist`: the release page in dist/, checked, with its sizes.

use crate::fault::{Outcome, fault};
use crate::tools::{self, Toolbox};
use crate::workspace::Workspace;
use crate::{page, say, sizes};

/// Runs the command.
pub fn dist(arguments: &[String]) -> Outcome<()> {
    if let Some(argument) = arguments.first() {
        return Err(fault(format!("`dist` takes no `{argument}`.")));
    }
    let workspace = Workspace::find()?;
    Toolbox::new(&workspace).ensure_all(tools::FOR_PAGE)?;
    say::headline(&format!("Building the page into dist/ ({})", page::USUAL));
    page::build(&workspace)?;
    say::headline("Sizes");
    say::line(&sizes::table(&workspace)?);
    Ok(())
}
