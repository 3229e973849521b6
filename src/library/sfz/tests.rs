//! SFZ files as they are published.

use super::*;

/// The samples of a text that are there, in a folder with some.
fn found(text: &[u8]) -> Vec<(String, Option<f64>, bool)> {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(at("S/Deep")).unwrap();
    std::fs::create_dir(at("inc")).unwrap();
    for name in [
        "S/n60.wav",
        "S/n36.wav",
        "S/Deep/a  b=c.wav",
        "S/caf\u{e9}.wav",
    ] {
        std::fs::write(at(name), "").unwrap();
    }
    std::fs::write(
        at("inc/map.txt"),
        "<region> sample=S/n60.wav key=60\n#include \"more.txt\"",
    )
    .unwrap();
    std::fs::write(at("inc/more.txt"), "<region> sample=S/n$N.wav key=36").unwrap();
    std::fs::write(
        at("self.sfz"),
        "#include \"self.sfz\" #include \"SELF.sfz\"\n<region> sample=S/n60.wav",
    )
    .unwrap();
    std::fs::write(at("x.sfz"), text).unwrap();
    let all = samples(&at("x.sfz")).into_iter();
    all.map(|s| {
        (
            s.path.file_name().unwrap().to_str().unwrap().to_owned(),
            s.key,
            s.plays,
        )
    })
    .collect()
}

const TEXT: &str = "// a piano
<control> default_path=samples\\
<global> ampeg_release=0.3
<group> lovel=1 hivel=63
<region> sample=soft c4.wav lokey=c4 hikey=d#4 pitch_keycenter=c4
<group> lovel=64
<region>
sample=low.wav lokey=20 hikey=50 pitch_keycenter=40
<region> sample=loud c4.wav lokey=55 hikey=63 pitch_keycenter=61 volume=-3
<region> sample=*sine key=60";

#[test]
fn the_sample_of_middle_c_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("piano.sfz");
    std::fs::write(&file, TEXT).unwrap();
    assert!(samples(&file).is_empty(), "none of its samples is there");
    std::fs::create_dir(folder.path().join("samples")).unwrap();
    for name in ["soft c4.wav", "low.wav", "loud c4.wav"] {
        std::fs::write(folder.path().join("samples").join(name), "").unwrap();
    }
    let found = samples(&file);
    let names: Vec<_> = found
        .iter()
        .map(|s| (s.path.file_name().unwrap().to_str().unwrap(), s.key))
        .collect();
    assert_eq!(
        names,
        [
            ("loud c4.wav", Some(61.0)),
            ("soft c4.wav", Some(60.0)),
            ("low.wav", Some(40.0))
        ]
    );
}

#[test]
fn files_are_read_as_they_are_published() {
    let middle = [("n60.wav".to_owned(), Some(60.0), true)];
    for text in [
        "<region> sample=S/n60.wav key=60",
        "#define $DIR S\n#define $KEY 60\n<region> sample=$DIR/n$KEY.wav key=$KEY",
        "#define $K x #define $KEY 60 #define $DIR S/n$KEY\n<region>sample=$DIR.wav key=$KEY",
        "<region> sample=s\\N60.WAV key=60",
        "<control> default_path=\\S\\\n<region> sample=n60.wav key=60",
        "<control> default_path=\\s\\n\n<region> sample=60.wav key=60",
        "<region> sample=\"S/n60.wav\" key=60",
        "\u{feff}<region> key=60 sample=/S/./Deep/../n60.wav",
        "<region>\rsample=S/n60.wav\rkey=60\r",
        "/* <region> sample=S/n36.wav key=60 */<region> sample=S/n60.wav key=60",
        "// /* old\n<region> sample=S/n60.wav /* key=36 // */ key=60 // sample=S/n36.wav",
        "<region> sample=S/n60.wav key=60 /* <region> sample=S/n36.wav key=60",
        "#include \"nothing.txt\" <region> sample=S/n60.wav key=60 #define $",
    ] {
        assert_eq!(found(text.as_bytes()), middle, "{text:?}");
    }
    let both = [
        ("n60.wav".to_owned(), Some(60.0), true),
        ("n36.wav".to_owned(), Some(36.0), true),
    ];
    for text in [
        "#define $N 36\n#include \"inc/map.txt\"",
        "#define $N 36 #include \"INC\\Map.txt\" ",
    ] {
        assert_eq!(found(text.as_bytes()), both, "{text:?}");
    }
    let name = |text: &[u8]| found(text).first().map(|(name, ..)| name.clone());
    let spaced = b"<region> sample=\"S/Deep/a  b=c.wav\" key=60";
    assert_eq!(name(spaced).as_deref(), Some("a  b=c.wav"));
    assert_eq!(
        name(b"<region> sample=S/caf\xe9.wav").as_deref(),
        Some("caf\u{e9}.wav")
    );
    assert_eq!(
        name(b"#include \"self.sfz\"").as_deref(),
        Some("n60.wav"),
        "it ends"
    );
}

#[test]
fn what_sounds_with_the_key_comes_first() {
    for other in [
        "trigger=release key=60",
        "trigger=release_key key=60",
        "key=60 on_locc64=127 on_hicc64=127",
        "hikey=-1 pitch_keycenter=60",
        "sw_last=25 sw_default=24 key=60",
    ] {
        let text = format!(
            "<region> sample=S/n36.wav {other}\n<region> sample=S/n60.wav lokey=61 hikey=70 pitch_keycenter=60"
        );
        let found = found(text.as_bytes());
        let names: Vec<_> = found.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, ["n60.wav", "n36.wav"], "{other}");
        assert_eq!(found[1].2, other.starts_with("sw"), "{other}");
    }
}

#[test]
fn what_is_no_sfz_has_no_samples() {
    for text in [
        "",
        "<region",
        "<region> sample",
        ">>>=<<<=",
        "<region>sample=\nkey=x",
    ] {
        assert_eq!(found(text.as_bytes()), [], "{text:?}");
    }
    assert_eq!(samples(Path::new("/nowhere.sfz")), []);
    assert_eq!(
        (key_number("a0"), key_number("Bb3"), key_number("h")),
        (Some(21), Some(58), None)
    );
}

#[test]
fn files_that_grow_or_never_end_are_let_be() {
    let doubled = |number: u32| {
        format!(
            "#define $V{number:02} $V{:02}$V{:02}\n",
            number - 1,
            number - 1
        )
    };
    let doubled: String = (1..64).map(doubled).collect();
    let text = format!("#define $V00 xxxxxxxx\n{doubled}<region> sample=S/n60.wav key=60\n$V63");
    assert_eq!(found(text.as_bytes()).len(), 1);
    // As many signs of a variable as fit would be a thousand times as long.
    let much = format!("#define $V {}\n{}", "x".repeat(1_000), "$V".repeat(1 << 20));
    assert_eq!(found(much.as_bytes()), []);
    let comments = "// a note\n".repeat(200_000);
    assert_eq!(found(comments.as_bytes()), []);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe.sfz");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if made.is_ok_and(|made| made.success()) {
        assert_eq!(samples(&path), []);
    }
}
