/* SPDX-License-Identifier: Apache-2.0
 *
 * The arguments of one call from JavaScript, and what is said when they are wrong. */
#include "bridge.h"

namespace bridge {

Call::Call(napi_env environment, napi_callback_info info) : env(environment), bridge(Env::of(environment))
{
    size_t given = most;
    if (napi_get_cb_info(env, info, &given, arguments, &self, &data) == napi_ok)
        count = given;
}

bool Call::wrong(const char *what, const char *wanted, napi_value value)
{
    throw_argument(env, std::string(what) + " must be " + wanted + ", not " + describe(env, value));
    return false;
}

/* The library's strings end at a zero: what is behind one would be lost in silence. */
bool Call::read_text(const char *what, napi_value value, std::string *out)
{
    if (!read_string(env, value, out))
        return wrong(what, "a string", value);
    if (out->find('\0') == std::string::npos)
        return true;
    throw_argument(env, std::string(what) + " must not have a zero character in it");
    return false;
}

bool Call::expect_count(const char *method, size_t least, size_t greatest)
{
    if (count >= least && count <= greatest)
        return true;
    std::string wanted = std::to_string(least);
    if (greatest != least)
        wanted += " to " + std::to_string(greatest);
    throw_argument(env, std::string(method) + "() takes " + wanted + (wanted == "1" ? " argument, not " : " arguments, not ") +
                            std::to_string(count));
    return false;
}

bool Call::expect_bool(size_t index, const char *what, bool *out)
{
    return read_bool(env, argument(index), out) || wrong(what, "a boolean", argument(index));
}

bool Call::expect_int(size_t index, const char *what, int32_t *out)
{
    return read_int32(env, argument(index), out) || wrong(what, "an integer of 32 bits", argument(index));
}

bool Call::expect_double(size_t index, const char *what, double *out)
{
    return read_double(env, argument(index), out) || wrong(what, "a number", argument(index));
}

bool Call::expect_string(size_t index, const char *what, std::string *out)
{
    return read_text(what, argument(index), out);
}

bool Call::expect_object(size_t index, const char *what)
{
    return is_object(env, argument(index)) || wrong(what, "an object", argument(index));
}

bool Call::expect_array(size_t index, const char *what, uint32_t *length)
{
    bool array = false;
    return (argument(index) != nullptr && napi_is_array(env, argument(index), &array) == napi_ok && array &&
            napi_get_array_length(env, argument(index), length) == napi_ok) ||
           wrong(what, "an array", argument(index));
}

/* A field's value and its name for a detail: "the profile's size". Null: a getter threw. */
static napi_value field(napi_env env, napi_value object, const char *what, const char *name, std::string *full)
{
    *full = std::string(what) + "'s " + name;
    return get(env, object, name);
}

bool Call::expect_field_int(napi_value object, const char *what, const char *name, int32_t *out)
{
    std::string full;
    napi_value value = field(env, object, what, name, &full);
    return value != nullptr && (read_int32(env, value, out) || wrong(full.c_str(), "an integer of 32 bits", value));
}

bool Call::expect_field_uint(napi_value object, const char *what, const char *name, uint32_t *out)
{
    std::string full;
    napi_value value = field(env, object, what, name, &full);
    return value != nullptr &&
           (read_uint32(env, value, out) || wrong(full.c_str(), "an integer from 0 to 4294967295", value));
}

bool Call::expect_field_double(napi_value object, const char *what, const char *name, double *out)
{
    std::string full;
    napi_value value = field(env, object, what, name, &full);
    return value != nullptr && (read_double(env, value, out) || wrong(full.c_str(), "a number", value));
}

bool Call::expect_field_string(napi_value object, const char *what, const char *name, std::string *out)
{
    std::string full;
    napi_value value = field(env, object, what, name, &full);
    return value != nullptr && read_text(full.c_str(), value, out);
}

/* The native half of a value, if it has one of ours. A value that another module has wrapped gives a
 * pointer that is not in the environment's set, and is never followed. */
Object *native_half(Env &bridge, napi_value value)
{
    void *data = nullptr;
    if (!is_object(bridge.env, value) || napi_unwrap(bridge.env, value, &data) != napi_ok)
        return nullptr;
    auto *object = static_cast<Object *>(data);
    return bridge.objects.count(object) != 0 ? object : nullptr;
}

Object *Call::this_of(bool (*is)(Kind))
{
    Object *object = bridge == nullptr ? nullptr : native_half(*bridge, self);
    if (object != nullptr && is(object->kind))
        return object;
    throw_argument(env, "the method was called on " + describe(env, self) + " that has no such method: keep it with its object");
    return nullptr;
}

Object *Call::instance_of(napi_value value, const char *what, bool (*is)(Kind))
{
    Object *object = bridge == nullptr ? nullptr : native_half(*bridge, value);
    if (object != nullptr && is(object->kind))
        return object;
    if (is_object(env, value))
        throw_argument(env, std::string(what) + " is an object that this module did not make as such");
    else
        wrong(what, "an object that this module made", value);
    return nullptr;
}

} // namespace bridge
