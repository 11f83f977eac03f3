//! Headings, labels, names of controls and short sentences of the page.
