/* SPDX-License-Identifier: Apache-2.0
 *
 * What a recorder is to do: AVRecorderConfig, checked. */
#ifndef CAMERA_SESSION_NAPI_RECORDER_CONFIG_H
#define CAMERA_SESSION_NAPI_RECORDER_CONFIG_H

#include "bridge.h"

namespace bridge {

/* Where a recording goes, as its url says. */
struct RecordingTarget {
    int32_t fd = -1; /* -1: the path is used */
    std::string path;
};

/* A config without JavaScript: it is read when prepare() is called, and used when its turn comes. */
struct RecorderConfig {
    /* A field that was given. */
    struct Field {
        enum Type { Number, Flag, Text } type;
        double number;
        bool flag;
        std::string text;
    };
    using Fields = std::map<std::string, Field>;

    Fields own, profile, location; /* by name */
    RecordingTarget target;
    int32_t container = CAMERA_CONTAINER_MATROSKA;
    double most_seconds = 0; /* recording ends by itself then; 0: it does not */
    std::vector<std::string> warnings; /* what is asked for and does not happen, one sentence each */
};

/* Reads a config. False: it is none, for the reason in `why`. An exception of a getter is pending when
 * `why` is empty. */
bool read_recorder_config(napi_env env, napi_value value, RecorderConfig *config, std::string *why);
/* The config as JavaScript gets it back. */
napi_value make_recorder_config(napi_env env, const RecorderConfig &config);

/* The url of a config (recorder_url.cc). False: it is none that can be recorded to, for the reason in `why`. */
bool read_recording_url(const std::string &url, RecordingTarget *target, std::string *why);

} // namespace bridge

#endif
