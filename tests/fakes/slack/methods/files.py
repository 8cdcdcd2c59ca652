"""A file comes in three steps: an address for it, the file itself, and the word to share it.

https://docs.slack.dev/messaging/working-with-files/#upload
"""

from typing import TYPE_CHECKING

from aiohttp import web

from tests.fakes.slack.call import Call
from tests.fakes.slack.limits import TIER_4
from tests.fakes.slack.methods.method import LIST, NUMBER, TEXT, Method
from tests.fakes.slack.refusal import Refusal, wrong_arguments
from tests.fakes.slack.state import Json

if TYPE_CHECKING:
    from tests.fakes.slack.server import Slack


def get_upload_url(call: Call) -> Json:
    if call.number("length", 0) < 1:
        raise wrong_arguments("must be greater than 0 [json-pointer:/length]")
    id = call.workspace.id("F")
    call.workspace.files[id] = {
        "id": id,
        "name": call.text("filename"),
        "title": call.text("filename"),
        "size": call.number("length", 0),
        "alt_txt": call.text("alt_txt"),
        "content": None,
        "shared": False,
    }
    return {"upload_url": f"{call.slack.url}/upload/{id}", "file_id": id}


async def upload(slack: "Slack", request: web.Request) -> web.Response:
    """Raw bytes, or a form with one file."""
    file = slack.workspace.files.get(request.match_info["id"])
    if file is None or file["content"] is not None:
        return web.Response(status=404, text="no such upload")
    content = await _content(request)
    file["content"] = content
    if len(content) != file["size"]:
        slack.complain(f"{file['name']} has {len(content)} bytes, not {file['size']}")
    return web.Response(text=f"OK - {len(content)}")


async def _content(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    form = await request.post()
    (part,) = [field for field in form.values() if isinstance(field, web.FileField)]
    return part.file.read()


def complete_upload(call: Call) -> Json:
    files = [_find(call, str(named.get("id"))) for named in call.items("files")]
    if not files:
        raise wrong_arguments("must be a non-empty array [json-pointer:/files]")
    for file, named in zip(files, call.items("files"), strict=True):
        file |= {"shared": True, "title": named.get("title") or file["title"]}
    written = [{name: file[name] for name in ("id", "name", "title", "size")} for file in files]
    if call.text("channel_id"):
        channel = call.channel("channel_id", inside=True)
        if channel.is_archived:
            raise Refusal("is_archived", channel.name)
        call.workspace.post(
            channel,
            call.me,
            call.text("initial_comment"),
            thread_ts=call.text("thread_ts"),
            subtype="file_share",
            files=written,
            bot=call.slack.byline,
        )
    return {"files": written}


def _find(call: Call, id: str) -> Json:
    file = call.workspace.files.get(id)
    if file is None or file["content"] is None or file["shared"]:
        raise Refusal("file_not_found", id)
    return file


WRITE = ("files:write",)

METHODS = {
    "files.getUploadURLExternal": Method(
        get_upload_url,
        {"filename": TEXT, "length": NUMBER, "alt_txt": TEXT, "snippet_type": TEXT},
        ("filename", "length"),
        WRITE,
        TIER_4,
    ),
    "files.completeUploadExternal": Method(
        complete_upload,
        {
            "files": LIST,
            "channel_id": TEXT,
            "channels": TEXT,
            "thread_ts": TEXT,
            "initial_comment": TEXT,
            "blocks": LIST,
        },
        ("files",),
        WRITE,
        TIER_4,
    ),
}
