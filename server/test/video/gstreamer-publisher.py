"""Publishes a moving picture and a tone with GStreamer's webrtcbin: WHIP address, stream key. Ends when its input ends.

Debian: python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice gstreamer1.0-plugins-{base,good,bad,ugly}
"""

import sys
import threading
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

PIPELINE = """
webrtcbin name=peer bundle-policy=max-bundle
audiotestsrc is-live=true ! audioconvert ! audioresample ! opusenc ! rtpopuspay pt=111 !
  application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! peer.
videotestsrc is-live=true pattern=ball ! video/x-raw,width=480,height=270,framerate=30/1 ! videoconvert !
  x264enc bitrate=600 tune=zerolatency speed-preset=ultrafast key-int-max=30 ! video/x-h264,profile=constrained-baseline !
  rtph264pay pt=96 config-interval=-1 aggregate-mode=zero-latency !
  application/x-rtp,media=video,encoding-name=H264,payload=96 ! peer.
"""


def request(method, url, key, body=None):
    headers = {"authorization": f"Bearer {key}", "content-type": "application/sdp"}
    return urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=10)


def send_offer(peer, url, key):
    offer = peer.get_property("local-description").sdp.as_text()
    with request("POST", url, key, offer.encode()) as answer:
        location = urllib.parse.urljoin(url, answer.headers["location"])
        _, sdp = GstSdp.SDPMessage.new_from_text(answer.read().decode())
    description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
    peer.emit("set-remote-description", description, Gst.Promise.new())
    return location


def main(url, key):
    Gst.init(None)
    loop = GLib.MainLoop()
    pipeline = Gst.parse_launch(PIPELINE)
    peer = pipeline.get_by_name("peer")
    session = []

    def offered(promise, *_):
        # The offer lies in the reply, and lives as long as it.
        reply = promise.get_reply()
        peer.emit("set-local-description", reply.get_value("offer"), Gst.Promise.new())

    def negotiate(*_):
        peer.emit("create-offer", None, Gst.Promise.new_with_change_func(offered))

    def gathered(*_):
        if peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE and not session:
            session.append("")
            threading.Thread(target=publish, daemon=True).start()

    def publish():
        session[0] = send_offer(peer, url, key)
        print("publishing", flush=True)

    def wait_for_end():
        sys.stdin.read()
        GLib.idle_add(loop.quit)

    peer.connect("on-negotiation-needed", negotiate)
    peer.connect("notify::ice-gathering-state", gathered)
    pipeline.set_state(Gst.State.PLAYING)
    threading.Thread(target=wait_for_end, daemon=True).start()
    loop.run()
    if session and session[0]:
        with request("DELETE", session[0], key) as answer:
            print("ended", answer.status, flush=True)
    pipeline.set_state(Gst.State.NULL)


main(*sys.argv[1:])
