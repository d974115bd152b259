/* SPDX-License-Identifier: Apache-2.0
 *
 * What previews and videos have in common: start, stop, and the events of their frames. */
#include "outputs.h"

namespace bridge {

namespace {

enum StreamEvent : unsigned { FRAME_START, FRAME_END, STREAM_ERROR };

StreamOutput *living(const std::shared_ptr<Endpoint> &endpoint)
{
    return static_cast<StreamOutput *>(endpoint->object);
}

/* One event of the library, as much as JavaScript hears of it. */
struct Told {
    int32_t type;
    int32_t code;
    uint64_t frames;
    std::string detail;
};

void tell(StreamOutput &output, const Told &told)
{
    if (told.type == CAMERA_OUTPUT_EVENT_TYPE_FRAME_START) {
        output.began();
        emit(output, FRAME_START, nullptr);
    } else if (told.type == CAMERA_OUTPUT_EVENT_TYPE_FRAME_END) {
        /* Camera Kit has no data here; the contract has the count. A function that takes none does not see it. */
        emit(output, FRAME_END, [told](napi_env env) { return make_int(env, static_cast<int64_t>(told.frames)); });
    } else if (told.type == CAMERA_OUTPUT_EVENT_TYPE_ERROR) {
        emit(output, STREAM_ERROR, [told](napi_env env) { return make_error(env, told.code, told.detail); });
    }
}

void on_event(camera_output *, const camera_output_event *event, void *user_data)
{
    const std::shared_ptr<Endpoint> &endpoint = shared(user_data);
    Told told = {event->type, event->code, event->frame_count, event->detail};
    endpoint->mailbox->post([endpoint, told](Env &) {
        if (living(endpoint) == nullptr)
            return;
        tell(*living(endpoint), told);
        /* What was lost before its first frame has no frameEnd. */
        if (told.type != CAMERA_OUTPUT_EVENT_TYPE_FRAME_START && living(endpoint) != nullptr)
            living(endpoint)->ended();
    });
}

/* The library has told everything: the output is released, or its manager is. */
void on_listener_gone(void *user_data)
{
    std::shared_ptr<Endpoint> endpoint = shared(user_data);
    unshare(user_data);
    endpoint->mailbox->post([endpoint](Env &) {
        if (living(endpoint) != nullptr)
            living(endpoint)->ended();
    });
}

napi_value start(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<StreamOutput>();
    if (output == nullptr)
        return nullptr;
    /* Without a listener, of a released output, no start succeeds. */
    listen(*output, on_event, on_listener_gone);
    unsigned ends = output->ends;
    return run_output(call, output, "start", camera_output_start_async, [output, ends](int32_t code) {
        /* It may have ended, or its session may be configured again, before this is heard of. */
        if (code == CAMERA_OK && output->ends == ends && is_committed(*output))
            output->waits(true);
    });
}

napi_value stop(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<StreamOutput>();
    return run_output(call, output, "stop", camera_output_stop_async, [output](int32_t code) {
        if (code == CAMERA_OK)
            output->waits(false);
    });
}

} // namespace

void StreamOutput::began()
{
    running = true;
    waiting = false;
    settle();
}

void StreamOutput::ended()
{
    ends++;
    running = waiting = false;
    settle();
}

void StreamOutput::waits(bool for_a_frame)
{
    waiting = for_a_frame && !running;
    settle();
}

void StreamOutput::settle()
{
    bool needed = waiting || running;
    if (needed == pinned)
        return;
    pinned = needed;
    if (needed)
        pin();
    else
        unpin();
}

void outputs_settled(CameraSession &session)
{
    for (Object *object : session.bridge->objects) {
        if (!StreamOutput::is(object->kind))
            continue;
        auto *output = static_cast<StreamOutput *>(object);
        if (session_of(*output) == &session)
            output->waits(false);
    }
}

std::vector<Event> stream_events()
{
    return {{"frameStart", Shape::ErrorAndData}, {"frameEnd", Shape::ErrorAndData}, {"error", Shape::Error}};
}

void listen_to_stream(Object &object, unsigned, napi_value)
{
    succeeded(object.bridge->env, listen(static_cast<CameraOutput &>(object), on_event, on_listener_gone));
}

Methods stream_methods()
{
    return {method("start", start), method("stop", stop)};
}

} // namespace bridge
