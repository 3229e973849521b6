//! A screen reader: what AT-SPI tells it of the plugin's window, and what it asks of it.

use futures_lite::future::block_on;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Type, Value};
use zbus::{Connection, connection::Builder};

const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const REGISTRY: &str = "org.a11y.atspi.Registry";
const ROOT: &str = "/org/a11y/atspi/accessible/root";
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
/// States, as AT-SPI counts them.
pub const CHECKED: u32 = 4;
pub const FOCUSABLE: u32 = 11;
pub const FOCUSED: u32 = 12;
pub const SELECTED: u32 = 23;

/// What AT-SPI calls the roles that there are in the windows.
fn role(number: u32) -> &'static str {
    match number {
        7 => "check box",
        11 => "combo box",
        16 => "dialog",
        23 => "frame",
        27 => "image",
        29 => "label",
        32 => "list item",
        33 => "menu",
        35 => "menu item",
        37 => "page tab",
        39 => "panel",
        42 => "progress bar",
        43 => "button",
        44 => "radio button",
        45 => "radio menu item",
        48 => "scroll bar",
        51 => "slider",
        52 => "spin button",
        62 => "toggle button",
        64 => "tool tip",
        79 => "entry",
        85 => "section",
        98 => "list box",
        103 => "level bar",
        other => panic!("a role that nobody thought of: {other}"),
    }
}

type Place = (String, OwnedObjectPath);
/// What a cache tells of an element: itself, its program, its parent, its place, how many it has,
/// interfaces, name, role, description, states.
type Told = (
    Place,
    Place,
    Place,
    i32,
    i32,
    Vec<String>,
    String,
    u32,
    String,
    Vec<u32>,
);

/// An element of a window.
#[derive(Clone, Debug)]
pub struct Element {
    pub path: OwnedObjectPath,
    pub name: String,
    pub role: &'static str,
    pub description: String,
    interfaces: Vec<String>,
    states: [u32; 2],
}

impl Element {
    pub fn is(&self, state: u32) -> bool {
        self.states[(state / 32) as usize] & 1 << (state % 32) != 0
    }

    pub fn has(&self, interface: &str) -> bool {
        let whole = format!("org.a11y.atspi.{interface}");
        self.interfaces.contains(&whole)
    }
}

/// A screen reader that is attached to this process.
pub struct Reader {
    session: Connection,
    bus: Connection,
}

impl Reader {
    /// Says that a screen reader is there, as it does when it starts.
    pub fn new() -> Reader {
        block_on(async {
            let session = Connection::session().await.expect("the session's bus");
            let reply = session
                .call_method(
                    Some("org.a11y.Bus"),
                    "/org/a11y/bus",
                    Some("org.a11y.Bus"),
                    "GetAddress",
                    &(),
                )
                .await
                .expect("AT-SPI starts: run `cargo xtask test`, or install at-spi2-core");
            let address: String = reply.body().deserialize().expect("an address");
            let bus = Builder::address(address.as_str())
                .expect("an address")
                .build()
                .await
                .expect("the bus of screen readers");
            let reader = Reader { session, bus };
            reader.attach(true);
            reader
        })
    }

    /// A screen reader comes or goes.
    pub fn attach(&self, is_there: bool) {
        let body = ("org.a11y.Status", "IsEnabled", Value::from(is_there));
        block_on(self.session.call_method(
            Some("org.a11y.Bus"),
            "/org/a11y/bus",
            Some(PROPERTIES),
            "Set",
            &body,
        ))
        .expect("it takes the state");
    }

    fn call<A, R>(&self, to: &str, path: &str, interface: &str, method: &str, body: &A) -> Option<R>
    where
        A: Serialize + DynamicType,
        R: DeserializeOwned + Type,
    {
        let call = self
            .bus
            .call_method(Some(to), path, Some(interface), method, body);
        let reply = block_on(call).ok()?;
        reply.body().deserialize().ok()
    }

    /// The bus names of programs that show anything.
    fn programs(&self) -> Vec<String> {
        let list: Vec<Place> = self
            .call(REGISTRY, ROOT, ACCESSIBLE, "GetChildren", &())
            .unwrap_or_default();
        list.into_iter().map(|(name, _)| name).collect()
    }

    /// What the windows of this process have, from the outermost in; empty while there is none.
    pub fn elements(&self) -> Vec<Element> {
        let Some(program) = self.programs().into_iter().next() else {
            return Vec::new();
        };
        let told: Option<Vec<Told>> = self.call(
            &program,
            "/org/a11y/atspi/cache",
            "org.a11y.atspi.Cache",
            "GetItems",
            &(),
        );
        let told = told.unwrap_or_default().into_iter();
        told.filter(|told| told.0.1.as_str() != ROOT)
            .map(|told| Element {
                role: role(told.7),
                path: told.0.1,
                name: told.6,
                description: told.8,
                interfaces: told.5,
                states: [told.9[0], told.9[1]],
            })
            .collect()
    }

    /// Calls a method of an element.
    fn ask<A, R>(&self, element: &Element, interface: &str, method: &str, body: &A) -> Option<R>
    where
        A: Serialize + DynamicType,
        R: DeserializeOwned + Type,
    {
        let program = self.programs().into_iter().next()?;
        let interface = match interface {
            PROPERTIES => interface.to_owned(),
            short => format!("org.a11y.atspi.{short}"),
        };
        self.call(&program, element.path.as_str(), &interface, method, body)
    }

    fn number(&self, element: &Element, name: &str) -> Option<f64> {
        let body = ("org.a11y.atspi.Value", name);
        let value: OwnedValue = self.ask(element, PROPERTIES, "Get", &body)?;
        f64::try_from(value).ok()
    }

    /// Lowest, present and highest value.
    pub fn value(&self, element: &Element) -> Option<[f64; 3]> {
        let [low, now, high] =
            ["MinimumValue", "CurrentValue", "MaximumValue"].map(|name| self.number(element, name));
        Some([low?, now?, high?])
    }

    pub fn set_value(&self, element: &Element, value: f64) {
        let body = ("org.a11y.atspi.Value", "CurrentValue", Value::from(value));
        self.ask::<_, ()>(element, PROPERTIES, "Set", &body);
    }

    /// The text in a field.
    pub fn text(&self, element: &Element) -> Option<String> {
        self.ask(element, "Text", "GetText", &(0i32, -1i32))
    }

    pub fn set_text(&self, element: &Element, text: &str) -> Option<bool> {
        self.ask(element, "EditableText", "SetTextContents", &(text,))
    }

    pub fn focus(&self, element: &Element) -> Option<bool> {
        self.ask(element, "Component", "GrabFocus", &())
    }

    pub fn press(&self, element: &Element) -> Option<bool> {
        self.ask(element, "Action", "DoAction", &(0i32,))
    }

    /// Left, top, width and height, pixels of the screen.
    pub fn place(&self, element: &Element) -> Option<[i32; 4]> {
        let ((left, top, width, height),): ((i32, i32, i32, i32),) =
            self.ask(element, "Component", "GetExtents", &(0u32,))?;
        Some([left, top, width, height])
    }
}
