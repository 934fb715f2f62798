//! Who looks, and at what.

use std::{
    cell::{Cell, OnceCell},
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
};

use gallery::{
    link::{Flags, Link},
    media::MediaType,
    session::Claims,
    views::View,
};

/// A viewer with a session that goes on, or with a playback token of one.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub claims: Claims,
    /// The link through which the session began.
    pub link: Option<Rc<Link>>,
}

impl Viewer {
    /// Whether an item is open to the viewer. `albums` as in [`gallery::media::Media`].
    pub fn covers(&self, kind: MediaType, albums: &str) -> bool {
        self.link.as_ref().is_none_or(|link| link.covers(kind, albums))
    }

    /// Whether a view is open to the viewer as a whole.
    pub fn covers_view(&self, view: &View) -> bool {
        self.link.as_ref().is_none_or(|link| link.covers_view(view))
    }

    /// The views that are shown first, the next where the one before it is gone.
    pub fn views(&self) -> Vec<View> {
        self.link.as_ref().map_or_else(|| vec![View::of(None)], |link| link.views.clone())
    }

    pub fn flags(&self) -> Flags {
        self.link.as_ref().map_or(Flags::ALL, |link| link.flags)
    }
}

/// The viewer of a request, as soon as the viewer is known. A route that reads meanwhile waits for the viewer before it
/// shows what it found.
#[derive(Default)]
pub struct Gate {
    viewer: OnceCell<Viewer>,
    waiting: Cell<Option<Waker>>,
}

impl Gate {
    pub async fn viewer(&self) -> &Viewer {
        poll_fn(|task| {
            self.waiting.set(Some(task.waker().clone()));
            self.viewer.get().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    pub(super) fn open(&self, viewer: Viewer) {
        let _ = self.viewer.set(viewer);
        if let Some(waiting) = self.waiting.take() {
            waiting.wake();
        }
    }
}
