/* SPDX-License-Identifier: Apache-2.0
 *
 * What is loaded: {camera, image, media}. */
#include "classes.h"

using namespace bridge;

static napi_value load(napi_env env, napi_value exports)
{
    /* Where all modules of an engine share one environment it may be there already: loaded a second time. */
    if (Env *before = Env::of(env))
        return before->kept(before->exports);
    if (!Env::begin(env))
        return nullptr;
    Env &bridge = *Env::of(env);
    if (!define_manager(bridge) || !define_input(bridge) || !define_outputs(bridge) || !define_sessions(bridge) ||
        !define_image(bridge) || !define_media(bridge))
        return nullptr;
    napi_value camera = make_object(env), image = make_object(env), media = make_object(env);
    fill_camera(bridge, camera);
    fill_image(bridge, image);
    fill_media(bridge, media);
    put(env, exports, "camera", camera);
    put(env, exports, "image", image);
    put(env, exports, "media", media);
    put(env, exports, "version", std::string(camera_version_string()));
    bridge.exports = bridge.keep(exports);
    return exports;
}

NAPI_MODULE(camera_session, load)
