"""A copy of ZynAddSubFX's banks without reverb and echo, which the analysis cannot take apart.

Chorus, phaser, distortion and filters belong to a preset's sound and stay.
"""

import gzip
import re
from pathlib import Path

INSTALLED = Path("/usr/share/zynaddsubfx/banks")
_ROOM_EFFECT = re.compile(r'(<EFFECT>\s*<par name="type" value=")[12](")')
_CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE ZynAddSubFX-data>
<ZynAddSubFX-data version-major="3" version-minor="0" version-revision="6">
<CONFIGURATION>
<BANKROOT id="0">
<string name="bank_root">{root}/</string>
</BANKROOT>
</CONFIGURATION>
</ZynAddSubFX-data>
"""


def _without_room(path):
    data = path.read_bytes()
    packed = data[:2] == b"\x1f\x8b"
    text = (gzip.decompress(data) if packed else data).decode("utf8", "replace")
    head, mark, effects = text.partition("<INSTRUMENT_EFFECTS>")
    text = head + mark + _ROOM_EFFECT.sub(r"\g<1>0\2", effects)
    return gzip.compress(text.encode("utf8"), 1)


def prepare(home, installed=INSTALLED):
    """Writes the ``installed`` banks and a configuration that points to them under ``home``, once.

    The synth reads it when ``$HOME`` is ``home`` while its library is loaded.
    """
    home = Path(home)
    if (home / ".zynaddsubfxXML.cfg").exists():
        return
    banks = home / "banks"
    for path in sorted(installed.glob("*/*.xiz")):
        target = banks / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_without_room(path))
    (home / ".zynaddsubfxXML.cfg").write_text(_CONFIG.format(root=banks))
