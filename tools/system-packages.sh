#!/bin/sh
# System packages: installed where this is Debian or Ubuntu and we are root, else named. Nothing depends on them but
# the parts named here; their tests are skipped, with the reason.
missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need ffmpeg ffmpeg            # tests play our files with another program
need dot graphviz             # dragoman draw --svg
need apertium apertium        # translate.apertium
need tesseract tesseract-ocr  # text on the screen
for data in chi_sim deu fra ita jpn nld por rus spa; do  # and the languages of the tests; English comes with it
    ls /usr/share/tesseract-ocr/*/tessdata/$data.traineddata >/dev/null 2>&1 ||
        missing="$missing tesseract-ocr-$(echo $data | tr _ -)"
done
[ -z "$missing" ] || case "$missing" in *apertium*) missing="$missing apertium-eng-spa" ;; esac
if command -v ldconfig >/dev/null 2>&1 && ! ldconfig -p 2>/dev/null | grep -q libportaudio; then
    missing="$missing libportaudio2"  # microphone and loudspeaker
fi
if command -v ldconfig >/dev/null 2>&1 && ! ldconfig -p 2>/dev/null | grep -q 'libGLESv2\.so\.2'; then
    missing="$missing libegl1 libgles2"  # MediaPipe: faces and hands
fi
if command -v ldconfig >/dev/null 2>&1 && ! ldconfig -p 2>/dev/null | grep -q 'libfribidi\.so\.0'; then
    missing="$missing libfribidi0"  # letters of Arabic and Indic scripts, joined, in what is drawn into films
fi
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing system packages:$missing"
    if apt-get update -qq >/dev/null 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null 2>&1
    then exit 0; fi
    echo "they could not be installed"
fi
echo "not installed (optional):$missing"
echo "  as root, type: apt-get install$missing"
echo "  without them their parts are skipped: drawing SVG, Apertium, sound devices, faces and hands, text on the screen in other scripts,"
echo "  checks with ffmpeg"
