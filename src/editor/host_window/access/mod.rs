//! The page for screen readers: egui has the tree, AccessKit's adapter of the system shows it.

#[cfg(target_os = "linux")]
mod at_spi;
#[cfg(any(target_os = "windows", target_os = "macos"))]
mod native;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use accesskit::{ActionHandler, ActionRequest, ActivationHandler, DeactivationHandler, TreeUpdate};
use parking_lot::Mutex;

#[cfg(target_os = "linux")]
pub(super) use at_spi::Access;
#[cfg(any(target_os = "windows", target_os = "macos"))]
pub(super) use native::Access;

/// Time between looks where on the screen the window is: nobody tells it when a host's window is moved.
const LOOK: Duration = Duration::from_millis(250);

/// When one looked last where the window is, and where it was.
#[derive(Default)]
pub(super) struct Placed {
    looked: Option<Instant>,
    at: Option<[f64; 4]>,
}

impl Placed {
    /// Where the window is now, if it has moved; looks from time to time.
    pub(super) fn look(&mut self, bounds: impl FnOnce() -> Option<[f64; 4]>) -> Option<[f64; 4]> {
        if self.looked.is_some_and(|at| at.elapsed() < LOOK) {
            return None;
        }
        self.looked = Some(Instant::now());
        let now = bounds();
        if now == self.at {
            return None;
        }
        self.at = now;
        now
    }
}

/// What a screen reader asks of the page. Its calls come on any thread, and are taken up by the window's.
#[derive(Clone)]
pub(super) struct Asked {
    ctx: egui::Context,
    /// What the window is called.
    title: &'static str,
    actions: Arc<Mutex<Vec<ActionRequest>>>,
    news: Arc<AtomicBool>,
    /// One is there.
    listens: Arc<AtomicBool>,
}

impl Asked {
    pub(super) fn new(ctx: &egui::Context, title: &'static str) -> Self {
        Self {
            ctx: ctx.clone(),
            title,
            actions: Arc::default(),
            news: Arc::default(),
            listens: Arc::default(),
        }
    }

    /// Whether a screen reader is there.
    pub(super) fn listens(&self) -> bool {
        self.listens.load(Relaxed)
    }

    /// Makes what egui tells of a frame fit to be read out: the window gets its name, and nothing is said
    /// twice.
    pub(super) fn tidy(&self, tree: &mut TreeUpdate) {
        let root = tree.tree.as_ref().map(|tree| tree.root);
        for (id, node) in &mut tree.nodes {
            if Some(*id) == root {
                node.set_label(self.title);
            }
            let said = |said: Option<&str>| said.is_some() && said == node.description();
            if said(node.label()) || said(node.value()) {
                node.clear_description();
            }
        }
    }

    /// What was asked since the last look, and whether anything was that needs a frame.
    pub(super) fn take(&self) -> Option<Vec<ActionRequest>> {
        let news = self.news.swap(false, Relaxed);
        news.then(|| std::mem::take(&mut *self.actions.lock()))
    }
}

impl ActivationHandler for Asked {
    fn request_initial_tree(&mut self) -> Option<TreeUpdate> {
        self.ctx.enable_accesskit();
        self.listens.store(true, Relaxed);
        self.news.store(true, Relaxed);
        // The next frame brings it.
        None
    }
}

impl ActionHandler for Asked {
    fn do_action(&mut self, request: ActionRequest) {
        self.actions.lock().push(request);
        self.news.store(true, Relaxed);
    }
}

impl DeactivationHandler for Asked {
    fn deactivate_accessibility(&mut self) {
        self.ctx.disable_accesskit();
        self.listens.store(false, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accesskit::{Node, NodeId, Role, TreeId, TreeInfo};

    #[test]
    fn the_window_has_a_name_and_nothing_is_said_twice() {
        let named = |label: &str, description: &str| {
            let mut node = Node::new(Role::Button);
            node.set_label(label);
            node.set_description(description);
            node
        };
        let nodes = [
            Node::new(Role::Window),
            named("Level", "Level"),
            named("Level", "How loud"),
        ];
        let ids = (0..).map(NodeId);
        let mut tree = TreeUpdate {
            nodes: ids.zip(nodes).collect(),
            tree: Some(TreeInfo::new(NodeId(0))),
            tree_id: TreeId::ROOT,
            focus: NodeId(0),
        };
        Asked::new(&egui::Context::default(), "Consort").tidy(&mut tree);
        assert_eq!(tree.nodes[0].1.label(), Some("Consort"));
        assert_eq!(tree.nodes[1].1.description(), None);
        assert_eq!(tree.nodes[2].1.description(), Some("How loud"));
    }

    #[test]
    fn a_window_that_stays_where_it_is_is_told_once() {
        let mut placed = Placed::default();
        let here = Some([0.0, 0.0, 10.0, 10.0]);
        assert_eq!(placed.look(|| here), here);
        assert_eq!(placed.look(|| None), None, "it has just looked");
        placed.looked = None;
        assert_eq!(placed.look(|| here), None);
    }
}
