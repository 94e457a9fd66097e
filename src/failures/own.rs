//! Whose code a stack frame is.

use gatekeeper_parsers::evidence::{Failure, Frame, Name};

/// What a failure tells about its project.
#[derive(Debug, Clone)]
pub(super) struct Project {
    /// First segment of the test module's name, without `Web`: `BookshopWeb` and `Bookshop` are one project.
    root: String,
    /// The umbrella's application.
    app: Option<Name>,
    /// Its folder, such as `apps/core/`, where the header of the failure shows it.
    folder: Option<String>,
}

impl Project {
    pub(super) fn of(failure: &Failure) -> Self {
        let module = failure.module.as_deref().unwrap_or_default();
        Self {
            root: root(module).to_owned(),
            app: failure.app.clone(),
            folder: failure.file.as_deref().and_then(folder),
        }
    }

    /// A frame whose file is relative to the root, as headers and commands are: in an umbrella stacks are relative to
    /// the application.
    pub(super) fn rooted(&self, frame: &Frame) -> Frame {
        let mut frame = frame.clone();
        let inside = self.owns(&frame);
        let folder = match &frame.app {
            Some(app) => self.folder.as_ref().map(|_| format!("apps/{app}/")),
            None => self.folder.clone(),
        };
        if let (true, Some(folder), Some(file)) = (inside, folder, &mut frame.file)
            && !file.starts_with("apps/")
            && !file.starts_with('/')
        {
            *file = format!("{folder}{file}").into();
        }
        frame
    }

    /// Whether a frame is of the project: it names no application (a test file), the umbrella's, or one whose modules
    /// start like the test module. Erlang's own functions have neither file nor application.
    pub(super) fn owns(&self, frame: &Frame) -> bool {
        let Some(app) = frame.app.as_deref() else {
            return frame.file.is_some();
        };
        let by_name = !self.root.is_empty()
            && (root(module(&frame.function)) == self.root || app == snake(&self.root));
        by_name || self.app.as_deref() == Some(app) || app == "for doctest at"
    }
}

/// `apps/core/` of `apps/core/test/a_test.exs`.
fn folder(file: &str) -> Option<String> {
    let app = file.strip_prefix("apps/")?.split_once('/')?.0;
    Some(format!("apps/{app}/"))
}

/// The module of a frame's function: `anonymous fn/2 in Shop.Cart.add/2` is in `Shop.Cart`.
fn module(function: &str) -> &str {
    function.rsplit(" in ").next().unwrap_or_default()
}

fn root(module: &str) -> &str {
    let first = module.split('.').next().unwrap_or_default();
    match first.strip_suffix("Web") {
        Some(root) if !root.is_empty() => root,
        _ => first,
    }
}

/// `MyShop` as `my_shop`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
