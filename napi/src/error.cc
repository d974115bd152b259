/* SPDX-License-Identifier: Apache-2.0
 *
 * Errors as JavaScript gets them: an Error with a numeric code, the contract's text, and a detail. */
#include "bridge.h"

#include <cctype>

namespace bridge {

namespace {

bool in_name(char letter)
{
    return islower(static_cast<unsigned char>(letter)) || isdigit(static_cast<unsigned char>(letter)) || letter == '_';
}

/* "begin_config" as "beginConfig". */
std::string camel_case(const std::string &name)
{
    std::string made;
    for (size_t i = 0; i < name.size(); i++)
        if (name[i] != '_')
            made += i > 0 && name[i - 1] == '_' && !made.empty()
                        ? static_cast<char>(toupper(static_cast<unsigned char>(name[i])))
                        : name[i];
    return made;
}

/* The method behind a function of the library: camera_session_begin_config is beginConfig. */
std::string method_of(const std::string &function)
{
    static const struct {
        const char *function, *method;
    } others[] = {{"camera_manager_list_cameras", "getSupportedCameras"},
                  {"camera_manager_get_capability", "getSupportedOutputCapability"},
                  {"camera_session_get_supported_color_space", "getSupportedColorSpaces"}};
    for (const auto &other : others)
        if (function == other.function)
            return other.method;
    size_t object_ends = function.find('_', sizeof "camera_" - 1);
    return object_ends == std::string::npos ? function : camel_case(function.substr(object_ends + 1));
}

/* A detail of the library speaks of C: "call camera_session_begin_config() first", "settings->quality is 9". */
std::string in_script_words(const std::string &detail)
{
    std::string made;
    for (size_t at = 0; at < detail.size();) {
        size_t end = at;
        while (end < detail.size() && in_name(detail[end]))
            end++;
        std::string name = detail.substr(at, end - at);
        if (name.empty()) {
            made += detail[at++];
        } else if (name.compare(0, 7, "camera_") == 0 && detail.compare(end, 2, "()") == 0) {
            made += method_of(name);
            at = end;
        } else if (detail.compare(end, 2, "->") == 0) {
            for (at = end + 2, end = at; end < detail.size() && in_name(detail[end]);)
                end++;
            made += camel_case(detail.substr(at, end - at));
            at = end;
        } else {
            made += name;
            at = end;
        }
    }
    return made;
}

} // namespace

napi_value make_error_text(napi_env env, int32_t code, const std::string &text, const std::string &detail)
{
    napi_value message = make_string(env, text);
    napi_value error = nullptr;
    /* The code is a property set afterwards: Node-API takes only a string, and applications compare
     * numbers. */
    if (message == nullptr || napi_create_error(env, nullptr, message, &error) != napi_ok)
        return nullptr;
    put(env, error, "code", static_cast<int64_t>(code));
    put(env, error, "detail", in_script_words(detail));
    return error;
}

napi_value make_error(napi_env env, int32_t code, const std::string &detail)
{
    return make_error_text(env, code, camera_error_text(code), detail);
}

napi_value throw_error(napi_env env, int32_t code, const std::string &detail)
{
    napi_value error = make_error(env, code, detail);
    if (error != nullptr)
        napi_throw(env, error);
    return nullptr;
}

napi_value throw_argument(napi_env env, const std::string &detail)
{
    return throw_error(env, CAMERA_ERROR_INVALID_ARGUMENT, detail);
}

bool succeeded(napi_env env, int32_t code)
{
    if (code == CAMERA_OK)
        return true;
    throw_error(env, code, camera_error_detail());
    return false;
}

void report_exception(napi_env env)
{
    bool pending = false;
    napi_value exception;
    if (napi_is_exception_pending(env, &pending) == napi_ok && pending &&
        napi_get_and_clear_last_exception(env, &exception) == napi_ok)
        napi_fatal_exception(env, exception);
}

} // namespace bridge
