/* SPDX-License-Identifier: Apache-2.0
 *
 * The `media` module: createAVRecorder(), the methods of AVRecorder, and the module's enumerations. */
#include "recorder.h"

namespace bridge {

namespace {

const char *error_text(int32_t code)
{
    switch (code) {
    case 401:
        return "Parameter error.";
    case 5400101:
        return "No memory.";
    case 5400102:
        return "Operate not permit.";
    case 5400105:
        return "Service died.";
    default:
        return "IO error.";
    }
}

/* An operation that knows its answer at once. */
OperationPlan immediate(const char *method, size_t arguments, int32_t code, const std::string &detail, Result result)
{
    OperationPlan plan;
    plan.method = method;
    plan.arguments = arguments;
    plan.begin = [code, detail](camera_completion_fn completion, void *user_data) {
        completion(code, detail.c_str(), user_data);
        return static_cast<int32_t>(CAMERA_OK);
    };
    plan.result = std::move(result);
    plan.error = make_media_error;
    return plan;
}

napi_value run_media_operation(Call &call, Object *self, OperationPlan plan)
{
    napi_value answer = run_operation(call, self, std::move(plan));
    return answer != nullptr ? answer : rethrow_as_media(call.env);
}

/* createAVRecorder() */
napi_value create_recorder(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    if (call.bridge == nullptr)
        return nullptr;
    Env *bridge = call.bridge;
    return run_media_operation(call, nullptr, immediate("createAVRecorder", 0, 0, "", [bridge](napi_env) {
        return make_instance(*bridge, std::make_unique<AVRecorder>(*bridge));
    }));
}

napi_value get_state(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *recorder = call.this_object<AVRecorder>();
    return recorder == nullptr ? rethrow_as_media(env) : make_string(env, recorder_state_name(recorder->state));
}

/* Runs one operation of a recorder in its turn. */
napi_value run_step(Call &call, AVRecorder *recorder, RecorderStep step, size_t arguments)
{
    OperationPlan plan;
    plan.method = recorder_operation_name(step.operation);
    plan.arguments = arguments;
    plan.begin = [recorder, step](camera_completion_fn completion, void *user_data) {
        RecorderStep with_completion = step;
        with_completion.completion = completion;
        with_completion.user_data = user_data;
        recorder->enqueue(std::move(with_completion));
        return static_cast<int32_t>(CAMERA_OK);
    };
    if (step.operation == RecorderOperation::GetInputSurface)
        plan.result = [recorder](napi_env env) { return make_string(env, surface_id(recorder->surface())); };
    if (step.operation == RecorderOperation::GetConfig)
        plan.result = [recorder](napi_env env) { return make_recorder_config(env, recorder->config); };
    plan.ended = [recorder](int32_t code) { recorder->settle(code); };
    plan.error = make_media_error;
    return run_media_operation(call, recorder, std::move(plan));
}

template <RecorderOperation operation> napi_value operate(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *recorder = call.this_object<AVRecorder>();
    RecorderStep step = {};
    step.operation = operation;
    return recorder == nullptr ? rethrow_as_media(env) : run_step(call, recorder, std::move(step), 0);
}

/* prepare(config): what is no object is thrown; what is wrong inside it is the operation's result, as AVRecorder
 * documents it, behind what the state forbids. */
napi_value prepare(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *recorder = call.this_object<AVRecorder>();
    RecorderStep step = {};
    step.operation = RecorderOperation::Prepare;
    if (recorder == nullptr || !call.expect_count("prepare", 1, 2) || !call.expect_object(0, "prepare(): the config"))
        return rethrow_as_media(env);
    if (!read_recorder_config(env, call.argument(0), &step.config, &step.fault) && step.fault.empty())
        return nullptr; /* a getter threw */
    return run_step(call, recorder, std::move(step), 1);
}

/* What AVRecorder has elsewhere and cannot do here. */
struct Missing {
    const char *name;
    size_t arguments;
    const char *why;
};

const Missing missing[] = {
    {"updateRotation", 1, "the file has no rotation"},
    {"setWatermark", 2, "frames are written as they come; isWatermarkSupported() says so"},
    {"getCurrentAudioCapturerInfo", 0, "no sound is recorded"},
    {"getAudioCapturerMaxAmplitude", 0, "no sound is recorded"},
};

napi_value refuse(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *recorder = call.this_object<AVRecorder>();
    auto *method = static_cast<const Missing *>(call.data);
    if (recorder == nullptr)
        return rethrow_as_media(env);
    return run_media_operation(call, recorder, immediate(method->name, method->arguments, 5400102,
                                                         std::string(method->name) + "(): " + method->why, nullptr));
}

napi_value is_watermark_supported(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *recorder = call.this_object<AVRecorder>();
    auto result = [](napi_env made_in) { return make_bool(made_in, false); };
    return recorder == nullptr ? rethrow_as_media(env)
                               : run_media_operation(call, recorder, immediate("isWatermarkSupported", 0, 0, "", result));
}

/* Nothing is encoded here. */
napi_value get_available_encoder(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *recorder = call.this_object<AVRecorder>();
    return recorder == nullptr ? rethrow_as_media(env)
                               : run_media_operation(call, recorder, immediate("getAvailableEncoder", 0, 0, "", make_array));
}

/* ---- enumerations ---- */

struct Member {
    const char *name;
    const char *text; /* null: the number */
    int32_t number;
};

void fill_enum(napi_env env, napi_value module, const char *name, std::initializer_list<Member> members)
{
    napi_value object = make_object(env);
    for (const Member &member : members)
        put(env, object, member.name,
            member.text != nullptr ? make_string(env, member.text) : make_int(env, member.number));
    napi_object_freeze(env, object);
    put(env, module, name, object);
}

/* VIDEO_MJPEG, CFT_MKV and CFT_Y4M are additions: what can be written here. */
void fill_enums(napi_env env, napi_value module)
{
    fill_enum(env, module, "AVErrorCode",
              {{"AVERR_OK", nullptr, 0}, {"AVERR_NO_PERMISSION", nullptr, 201}, {"AVERR_INVALID_PARAMETER", nullptr, 401},
               {"AVERR_UNSUPPORT_CAPABILITY", nullptr, 801}, {"AVERR_NO_MEMORY", nullptr, 5400101},
               {"AVERR_OPERATE_NOT_PERMIT", nullptr, 5400102}, {"AVERR_IO", nullptr, 5400103},
               {"AVERR_TIMEOUT", nullptr, 5400104}, {"AVERR_SERVICE_DIED", nullptr, 5400105},
               {"AVERR_UNSUPPORT_FORMAT", nullptr, 5400106}, {"AVERR_AUDIO_INTERRUPTED", nullptr, 5400107}});
    fill_enum(env, module, "StateChangeReason", {{"USER", nullptr, 1}, {"BACKGROUND", nullptr, 2}});
    fill_enum(env, module, "CodecMimeType",
              {{"VIDEO_H263", "video/h263", 0}, {"VIDEO_AVC", "video/avc", 0}, {"VIDEO_MPEG2", "video/mpeg2", 0},
               {"VIDEO_MPEG4", "video/mp4v-es", 0}, {"VIDEO_VP8", "video/x-vnd.on2.vp8", 0},
               {"VIDEO_HEVC", "video/hevc", 0}, {"VIDEO_MJPEG", "video/mjpeg", 0}, {"AUDIO_AAC", "audio/mp4a-latm", 0},
               {"AUDIO_VORBIS", "audio/vorbis", 0}, {"AUDIO_FLAC", "audio/flac", 0}, {"AUDIO_MP3", "audio/mpeg", 0},
               {"AUDIO_G711MU", "audio/g711mu", 0}, {"AUDIO_AMR_NB", "audio/3gpp", 0},
               {"AUDIO_AMR_WB", "audio/amr-wb", 0}});
    fill_enum(env, module, "ContainerFormatType",
              {{"CFT_MPEG_4", "mp4", 0}, {"CFT_MPEG_4A", "m4a", 0}, {"CFT_MP3", "mp3", 0}, {"CFT_WAV", "wav", 0},
               {"CFT_AMR", "amr", 0}, {"CFT_AAC", "aac", 0}, {"CFT_MKV", "mkv", 0}, {"CFT_Y4M", "y4m", 0}});
    fill_enum(env, module, "AudioSourceType",
              {{"AUDIO_SOURCE_TYPE_DEFAULT", nullptr, 0}, {"AUDIO_SOURCE_TYPE_MIC", nullptr, 1},
               {"AUDIO_SOURCE_TYPE_VOICE_RECOGNITION", nullptr, 2}, {"AUDIO_SOURCE_TYPE_VOICE_COMMUNICATION", nullptr, 7},
               {"AUDIO_SOURCE_TYPE_VOICE_MESSAGE", nullptr, 10}, {"AUDIO_SOURCE_TYPE_CAMCORDER", nullptr, 13}});
    fill_enum(env, module, "VideoSourceType",
              {{"VIDEO_SOURCE_TYPE_SURFACE_YUV", nullptr, 0}, {"VIDEO_SOURCE_TYPE_SURFACE_ES", nullptr, 1}});
    fill_enum(env, module, "FileGenerationMode",
              {{"APP_CREATE", nullptr, 0}, {"AUTO_CREATE_CAMERA_SCENE", nullptr, 1}});
}

} // namespace

napi_value make_media_error(napi_env env, int32_t code, const std::string &detail)
{
    return make_error_text(env, code, error_text(code), detail);
}

napi_value rethrow_as_media(napi_env env)
{
    napi_value exception, code, detail;
    int32_t number = 0;
    std::string text;
    if (napi_get_and_clear_last_exception(env, &exception) != napi_ok)
        return nullptr;
    if (is_object(env, exception) && (code = get(env, exception, "code")) != nullptr && read_int32(env, code, &number) &&
        number == CAMERA_ERROR_INVALID_ARGUMENT && (detail = get(env, exception, "detail")) != nullptr &&
        read_string(env, detail, &text))
        exception = make_media_error(env, 401, text);
    if (exception != nullptr)
        napi_throw(env, exception);
    return nullptr;
}

bool define_media(Env &env)
{
    Methods methods = AVRecorder::events_as_methods();
    for (const napi_property_descriptor &each :
         {getter("state", get_state), method("prepare", prepare),
          method("getInputSurface", operate<RecorderOperation::GetInputSurface>),
          method("start", operate<RecorderOperation::Start>), method("pause", operate<RecorderOperation::Pause>),
          method("resume", operate<RecorderOperation::Resume>), method("stop", operate<RecorderOperation::Stop>),
          method("reset", operate<RecorderOperation::Reset>), method("release", operate<RecorderOperation::Release>),
          method("getAVRecorderConfig", operate<RecorderOperation::GetConfig>),
          method("isWatermarkSupported", is_watermark_supported), method("getAvailableEncoder", get_available_encoder)})
        methods.push_back(each);
    for (const Missing &each : missing)
        methods.push_back(method(each.name, refuse, const_cast<Missing *>(&each)));
    return define_class(env, Kind::AVRecorder, "AVRecorder", methods);
}

void fill_media(Env &env, napi_value module)
{
    napi_value function;
    if (napi_create_function(env.env, "createAVRecorder", NAPI_AUTO_LENGTH, create_recorder, nullptr, &function) == napi_ok)
        put(env.env, module, "createAVRecorder", function);
    fill_enums(env.env, module);
}

} // namespace bridge
