//! What hosts read of the plugins: classes, parameters, controllers, expressions.

use std::collections::BTreeSet;

use vst3::Interface;
use vst3::Steinberg::Vst::{
    IEditControllerTrait, IMidiMapping, IMidiMappingTrait, INoteExpressionController,
    INoteExpressionControllerTrait, ParameterInfo_::ParameterFlags_,
};
use vst3::Steinberg::{
    IPluginFactory2, IPluginFactory2Trait, IPluginFactory3, IPluginFactory3Trait,
    IPluginFactoryTrait, kInvalidArgument, kResultFalse, kResultOk,
};

use crate::alone;
use crate::vst3_host::{CONSORT, Plugin, STEMS, factory, text};

/// CC 1, pitch bend and sustain on the first and last channel: ids that projects hold.
const HELD: [(i16, i16, u32); 3] = [
    (0, 1, 2_147_481_569),
    (0, 129, 2_147_481_697),
    (15, 64, 2_147_483_582),
];

#[test]
fn the_library_lists_two_classes_with_their_ids() {
    let factory = factory();
    let [second, third] = [
        factory.cast::<IPluginFactory2>().is_some(),
        factory.cast::<IPluginFactory3>().is_some(),
    ];
    assert!(second && third);
    // SAFETY: as VST3 has it.
    unsafe {
        assert_eq!(factory.countClasses(), 2);
        for (index, id, name, categories) in [
            (0, CONSORT, "Consort", "Instrument|Synth|Sampler|Stereo"),
            (1, STEMS, "Consort Stems", "Fx|Analyzer|Tools|Stereo"),
        ] {
            let mut info = std::mem::zeroed();
            let three = factory.cast::<IPluginFactory3>().expect("it is one");
            assert_eq!(three.getClassInfoUnicode(index, &mut info), kResultOk);
            assert_eq!(info.cid.map(|byte| byte as u8), *id);
            assert_eq!(text(&info.name), name);
            let mut info = std::mem::zeroed();
            let two = factory.cast::<IPluginFactory2>().expect("it is one");
            assert_eq!(two.getClassInfo2(index, &mut info), kResultOk);
            let read: String = info
                .subCategories
                .iter()
                .map(|c| *c as u8 as char)
                .collect();
            assert_eq!(read.trim_end_matches('\0'), categories);
        }
        let mut info = std::mem::zeroed();
        assert_eq!(factory.getClassInfo(2, &mut info), kInvalidArgument);
        assert_eq!(factory.getClassInfo(-1, &mut info), kInvalidArgument);
        let mut object = std::ptr::null_mut();
        let interface = vst3::Steinberg::Vst::IComponent::IID.as_ptr().cast();
        let none =
            factory.createInstance(b"nobody's class id".as_ptr().cast(), interface, &mut object);
        assert_eq!((none, object), (kInvalidArgument, std::ptr::null_mut()));
    }
}

#[test]
fn parameters_have_names_units_and_texts_that_read_back() {
    let _alone = alone();
    for (class, named) in [(CONSORT, 20..=24), (STEMS, 4..=8)] {
        let plugin = Plugin::create(class);
        let all = plugin.parameters();
        let hidden = |flags: i32| flags & ParameterFlags_::kIsHidden != 0;
        let ids: BTreeSet<u32> = all.iter().map(|info| info.id).collect();
        assert_eq!(ids.len(), all.len(), "each id once");
        assert!(all.len() < 300, "{} parameters", all.len());
        let controllers = all
            .iter()
            .filter(|info| text(&info.title).starts_with("MIDI Ch. "));
        let controllers = controllers.count();
        assert_eq!(controllers > 0, class == CONSORT);
        assert!(named.contains(&(all.len() - controllers)));
        for info in all.iter().filter(|info| !hidden(info.flags)) {
            let name = text(&info.title);
            for step in 0..=20 {
                let value = f64::from(step) / 20.0;
                let mut said = [0; 128];
                // SAFETY: as VST3 has it.
                let (told, back) = unsafe {
                    let told = plugin
                        .controller
                        .getParamStringByValue(info.id, value, &mut said);
                    let mut back = -1.0;
                    plugin
                        .controller
                        .getParamValueByString(info.id, said.as_mut_ptr(), &mut back);
                    (told, back)
                };
                assert_eq!(told, kResultOk, "{name}");
                let unit = text(&info.units);
                let said_text = text(&said);
                assert!(
                    unit.is_empty() || !said_text.ends_with(&unit),
                    "{name}: {said_text}"
                );
                let mut again = [0; 128];
                // SAFETY: as above.
                unsafe {
                    plugin
                        .controller
                        .getParamStringByValue(info.id, back, &mut again)
                };
                assert_eq!(text(&again), said_text, "{name}");
            }
        }
        // SAFETY: as VST3 has it.
        unsafe {
            let mut value = 7.0;
            let mut nonsense: Vec<u16> = "nonsense\0".encode_utf16().collect();
            // Switches take any word for "off".
            for info in all.iter().filter(|info| info.stepCount != 1) {
                let set = plugin.controller.getParamValueByString(
                    info.id,
                    nonsense.as_mut_ptr(),
                    &mut value,
                );
                assert_eq!((set, value), (kResultFalse, 7.0));
            }
            assert_eq!(
                plugin.controller.setParamNormalized(12, 0.5),
                kInvalidArgument
            );
        }
    }
}

#[test]
fn units_are_told_apart_from_values() {
    let _alone = alone();
    let plugin = Plugin::create(CONSORT);
    let unit = |name: &str| {
        let all = plugin.parameters();
        let found = all.iter().find(|info| text(&info.title) == name);
        text(&found.expect("it is there").units)
    };
    for (name, wanted) in [
        ("Level", "dB"),
        ("Tune", "st"),
        ("Glide", "ms"),
        ("Stereo width", "%"),
        ("Tone", ""),
    ] {
        assert_eq!(unit(name), wanted, "{name}");
    }
}

#[test]
fn controllers_are_found_under_the_ids_that_projects_hold() {
    let _alone = alone();
    let plugin = Plugin::create(CONSORT);
    let mapping = plugin.controller.cast::<IMidiMapping>().expect("it is one");
    let of = |bus, channel, number| {
        let mut id = 0;
        // SAFETY: as VST3 has it.
        let found = unsafe { mapping.getMidiControllerAssignment(bus, channel, number, &mut id) };
        (found == kResultOk).then_some(id)
    };
    for (channel, number, id) in HELD {
        assert_eq!(of(0, channel, number), Some(id));
    }
    for (bus, channel, number) in [
        (1, 0, 1),
        (0, 16, 1),
        (0, -1, 1),
        (0, 0, 0),
        (0, 0, 130),
        (0, 0, -1),
    ] {
        assert_eq!(of(bus, channel, number), None);
    }
    let known: BTreeSet<u32> = plugin.parameters().iter().map(|info| info.id).collect();
    let mapped = (0..16).flat_map(|channel| (0..140).map(move |number| (channel, number)));
    let mapped: BTreeSet<u32> = mapped.filter_map(|(c, n)| of(0, c, n)).collect();
    assert!(mapped.is_subset(&known) && mapped.len() == 240);
    let effect = Plugin::create(STEMS);
    let mapping = effect.controller.cast::<IMidiMapping>().expect("it is one");
    // SAFETY: as VST3 has it.
    let found = unsafe { mapping.getMidiControllerAssignment(0, 0, 1, &mut 0) };
    assert_ne!(found, kResultOk, "it hears no notes");
}

#[test]
fn note_expressions_are_those_that_the_engine_hears() {
    let _alone = alone();
    let plugin = Plugin::create(CONSORT);
    let expressions = plugin.controller.cast::<INoteExpressionController>();
    let expressions = expressions.expect("it is one");
    // SAFETY: as VST3 has it.
    unsafe {
        assert_eq!(expressions.getNoteExpressionCount(0, 0), 6);
        assert_eq!(expressions.getNoteExpressionCount(1, 0), 0);
        for (index, name) in [
            "Volume",
            "Pan",
            "Tuning",
            "Vibrato",
            "Expression",
            "Brightness",
        ]
        .iter()
        .enumerate()
        {
            let mut info = std::mem::zeroed();
            assert_eq!(
                expressions.getNoteExpressionInfo(0, 0, index as i32, &mut info),
                kResultOk
            );
            assert_eq!(
                (info.typeId, text(&info.title).as_str()),
                (index as u32, *name)
            );
        }
        let mut info = std::mem::zeroed();
        assert_eq!(
            expressions.getNoteExpressionInfo(0, 0, 6, &mut info),
            kInvalidArgument
        );
    }
}
