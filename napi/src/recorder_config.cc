/* SPDX-License-Identifier: Apache-2.0
 *
 * AVRecorderConfig as Camera Kit programs write it: checked, and with warnings for what is asked for and does
 * not happen here. */
#include "recorder_config.h"

#include <algorithm>
#include <climits>
#include <cmath>

namespace bridge {

namespace {

using Field = RecorderConfig::Field;
using Fields = RecorderConfig::Fields;

/* What a field must be; the bounds are of numbers, which are integers unless a rule says else. */
struct Rule {
    const char *name;
    Field::Type type;
    double least = 0;
    double most = INT_MAX;
    bool fraction = false;
};

const Rule own_rules[] = {
    {"audioSourceType", Field::Number}, {"videoSourceType", Field::Number, 0, 1},
    {"url", Field::Text},               {"rotation", Field::Number, 0, 270},
    {"maxDuration", Field::Number, INT_MIN}, {"fileGenerationMode", Field::Number, 0, 1},
};

const Rule profile_rules[] = {
    {"audioBitrate", Field::Number},      {"audioChannels", Field::Number},
    {"audioCodec", Field::Text},          {"audioSampleRate", Field::Number},
    {"fileFormat", Field::Text},          {"videoBitrate", Field::Number, 1},
    {"videoCodec", Field::Text},          {"videoFrameWidth", Field::Number, 1},
    {"videoFrameHeight", Field::Number, 1}, {"videoFrameRate", Field::Number, 1},
    {"isHdr", Field::Flag},               {"enableTemporalScale", Field::Flag},
    {"enableStableQualityMode", Field::Flag},
};

const Rule location_rules[] = {
    {"latitude", Field::Number, -90, 90, true},
    {"longitude", Field::Number, -180, 180, true},
};

std::string wanted(const Rule &rule)
{
    if (rule.type == Field::Flag)
        return "a boolean";
    if (rule.type == Field::Text)
        return "a string";
    char text[80];
    snprintf(text, sizeof text, "%s from %.0f to %.0f", rule.fraction ? "a number" : "an integer", rule.least, rule.most);
    return text;
}

bool read_field(napi_env env, napi_value value, const Rule &rule, Field *field)
{
    field->type = rule.type;
    if (rule.type == Field::Flag)
        return read_bool(env, value, &field->flag);
    if (rule.type == Field::Text)
        return read_string(env, value, &field->text);
    return read_double(env, value, &field->number) && field->number >= rule.least && field->number <= rule.most &&
           (rule.fraction || field->number == std::floor(field->number));
}

/* Reads what an object has of the fields that there are; undefined and null are not given. */
template <size_t count>
bool read_fields(napi_env env, napi_value object, const std::string &name, const Rule (&rules)[count], Fields *fields,
                 std::string *why)
{
    for (const Rule &rule : rules) {
        napi_value value = get(env, object, rule.name);
        Field field = {};
        if (value == nullptr)
            return false;
        napi_valuetype type = type_of(env, value);
        if (type == napi_undefined || type == napi_null)
            continue;
        if (!read_field(env, value, rule, &field)) {
            *why = name + "." + rule.name + " must be " + wanted(rule) + ", not " + describe(env, value);
            return false;
        }
        (*fields)[rule.name] = field;
    }
    return true;
}

bool read_location(napi_env env, napi_value value, Fields *location, std::string *why)
{
    napi_value given = get(env, value, "location");
    if (given == nullptr)
        return false;
    if (type_of(env, given) == napi_undefined || type_of(env, given) == napi_null)
        return true;
    if (!is_object(env, given)) {
        *why = "config.location must be an object, not " + describe(env, given);
        return false;
    }
    if (!read_fields(env, given, "config.location", location_rules, location, why))
        return false;
    if (location->size() == 2)
        return true;
    *why = "config.location must have a latitude and a longitude";
    return false;
}

bool has(const Fields &fields, const char *name)
{
    return fields.count(name) != 0;
}

double number_of(const Fields &fields, const char *name)
{
    auto found = fields.find(name);
    return found == fields.end() ? 0 : found->second.number;
}

bool flag_of(const Fields &fields, const char *name)
{
    auto found = fields.find(name);
    return found != fields.end() && found->second.flag;
}

std::string text_of(const Fields &fields, const char *name)
{
    auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second.text;
}

/* The container that a format asks for, or the nearest that there is. */
bool choose_container(RecorderConfig *config, std::string *why)
{
    std::string format = text_of(config->profile, "fileFormat");
    config->container = format == "y4m" ? CAMERA_CONTAINER_Y4M : CAMERA_CONTAINER_MATROSKA;
    if (format == "mkv" || format == "y4m")
        return true;
    if (format == "mp4") {
        config->warnings.push_back("MP4 cannot be written: the file at the url becomes Matroska, whatever its name; "
                                   "ContainerFormatType.CFT_MKV asks for that");
        return true;
    }
    for (const char *sound : {"m4a", "mp3", "wav", "amr", "aac"})
        if (format == sound) {
            *why = "config.profile.fileFormat is \"" + format + "\", a file of sound, and only video is recorded; " +
                   "use \"mkv\", \"y4m\" or \"mp4\"";
            return false;
        }
    *why = format.empty() ? "config.profile.fileFormat must be given: \"mkv\", \"y4m\" or \"mp4\""
                          : "config.profile.fileFormat must be \"mkv\", \"y4m\" or \"mp4\", not \"" + format + "\"";
    return false;
}

bool check_codec(RecorderConfig *config, std::string *why)
{
    std::string codec = text_of(config->profile, "videoCodec");
    if (codec.empty())
        return true;
    for (const char *known : {"video/h263", "video/avc", "video/mpeg2", "video/mp4v-es", "video/x-vnd.on2.vp8",
                              "video/hevc", "video/mjpeg"})
        if (codec == known) {
            if (codec != "video/mjpeg")
                config->warnings.push_back("config.profile.videoCodec is " + codec + ", and nothing is encoded here: the "
                                           "file has the frames as the camera gives them, H.264, Motion-JPEG or "
                                           "uncompressed; the profile of the video output chooses");
            return true;
        }
    *why = "config.profile.videoCodec must be one of media.CodecMimeType's for video, not \"" + codec + "\"";
    return false;
}

/* Asks for sound what any of its fields names. */
bool asks_for_sound(const RecorderConfig &config)
{
    return has(config.own, "audioSourceType") || has(config.profile, "audioCodec") ||
           has(config.profile, "audioBitrate") || has(config.profile, "audioChannels") ||
           has(config.profile, "audioSampleRate");
}

void warn_of_the_rest(napi_env env, napi_value metadata, RecorderConfig *config)
{
    if (asks_for_sound(*config))
        config->warnings.push_back("no sound is recorded: the file has video only, whatever the audio fields say");
    if (number_of(config->own, "rotation") != 0)
        config->warnings.push_back("config.rotation is not written to the file: a player shows it unrotated");
    if (!config->location.empty() || is_object(env, metadata))
        config->warnings.push_back("config.location and config.metadata are not written to the file");
    if (flag_of(config->profile, "isHdr"))
        config->warnings.push_back("config.profile.isHdr has no effect: the file has the frames as the camera gives them");
}

bool check_sources(const RecorderConfig &config, std::string *why)
{
    if (!has(config.own, "videoSourceType")) {
        *why = "config.videoSourceType must be given: VIDEO_SOURCE_TYPE_SURFACE_YUV (0) or _ES (1); only video is recorded";
        return false;
    }
    if (std::fmod(number_of(config.own, "rotation"), 90) != 0) {
        *why = "config.rotation must be 0, 90, 180 or 270";
        return false;
    }
    if (number_of(config.own, "fileGenerationMode") != 0) {
        *why = "config.fileGenerationMode must be APP_CREATE (0): there is no gallery that makes the file";
        return false;
    }
    return true;
}

napi_value make_fields(napi_env env, const Fields &fields)
{
    napi_value object = make_object(env);
    for (const auto &entry : fields) {
        const Field &field = entry.second;
        put(env, object, entry.first.c_str(),
            field.type == Field::Flag     ? make_bool(env, field.flag)
            : field.type == Field::Number ? make_double(env, field.number)
                                          : make_string(env, field.text));
    }
    return object;
}

} // namespace

bool read_recorder_config(napi_env env, napi_value value, RecorderConfig *config, std::string *why)
{
    napi_value profile, metadata;
    if ((profile = get(env, value, "profile")) == nullptr || (metadata = get(env, value, "metadata")) == nullptr)
        return false;
    if (!is_object(env, profile)) {
        *why = "config.profile must be an object, not " + describe(env, profile);
        return false;
    }
    if (!read_fields(env, value, "config", own_rules, &config->own, why) ||
        !read_fields(env, profile, "config.profile", profile_rules, &config->profile, why) ||
        !read_location(env, value, &config->location, why) || !check_sources(*config, why) ||
        !choose_container(config, why) || !check_codec(config, why))
        return false;
    if (!has(config->own, "url")) {
        *why = "config.url must be given: \"fd://N\" or \"file:///path\"";
        return false;
    }
    if (!read_recording_url(text_of(config->own, "url"), &config->target, why))
        return false;
    /* Less than a second means no limit, as in OpenHarmony. */
    config->most_seconds = std::max(0.0, number_of(config->own, "maxDuration"));
    warn_of_the_rest(env, metadata, config);
    return true;
}

napi_value make_recorder_config(napi_env env, const RecorderConfig &config)
{
    napi_value made = make_fields(env, config.own);
    put(env, made, "profile", make_fields(env, config.profile));
    if (!config.location.empty())
        put(env, made, "location", make_fields(env, config.location));
    return made;
}

} // namespace bridge
