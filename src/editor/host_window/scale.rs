//! How large the user wants everything.

/// What desktops set; beyond it is damage.
#[cfg(target_os = "linux")]
const SCALES: std::ops::RangeInclusive<f64> = 0.5..=5.0;

/// Pixels a point that the user asked of every program: `Xft.dpi` / 96 on X11. Elsewhere windows are told
/// by the system. Any thread.
pub(super) fn of_desktop() -> Option<f64> {
    #[cfg(target_os = "linux")]
    {
        let (link, _) = x11rb::connect(None).ok()?;
        let resources = x11rb::resource_manager::new_from_default(&link).ok()?;
        let dpi = resources.get_value::<f64>("Xft.dpi", "").ok().flatten()?;
        let scale = dpi / 96.0;
        SCALES.contains(&scale).then_some(scale)
    }
    #[cfg(not(target_os = "linux"))]
    None
}
