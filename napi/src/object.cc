/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects in two halves: one of JavaScript, which the collector may take, and a native one, which goes
 * after it. */
#include "bridge.h"

namespace bridge {

Object::Object(Env &env, Kind of_kind, const EventTable *of_events)
    : kind(of_kind), events(of_events), bridge(env.shared_from_this()), endpoint(std::make_shared<Endpoint>())
{
    endpoint->mailbox = bridge->mailbox;
}

Object::~Object()
{
    endpoint->interest.store(0, std::memory_order_relaxed);
    endpoint->object = nullptr;
    bridge->objects.erase(this);
    if (bridge->env != nullptr)
        forget();
}

void Object::forget()
{
    bridge->drop(&weak);
    for (napi_ref &reference : registrations)
        bridge->drop(&reference);
    registrations.clear();
}

napi_value Object::self() const
{
    napi_value value = nullptr;
    return weak != nullptr && bridge->env != nullptr && napi_get_reference_value(bridge->env, weak, &value) == napi_ok
               ? value
               : nullptr;
}

void Object::pin()
{
    uint32_t count;
    if (pins++ == 0 && weak != nullptr && bridge->env != nullptr)
        napi_reference_ref(bridge->env, weak, &count);
    bridge->mailbox->hold(*bridge);
}

void Object::unpin()
{
    uint32_t count;
    if (--pins == 0 && weak != nullptr && bridge->env != nullptr)
        napi_reference_unref(bridge->env, weak, &count);
    bridge->mailbox->let_go(*bridge);
}

/* Slots cannot be replaced: not writable, not configurable, not enumerable. */
napi_value Object::slots(bool make) const
{
    napi_env env = bridge->env;
    napi_value object = self(), key = bridge->kept(bridge->slots_key), found = nullptr;
    if (object == nullptr || key == nullptr || napi_get_property(env, object, key, &found) != napi_ok)
        return nullptr;
    if (is_object(env, found) || !make)
        return is_object(env, found) ? found : nullptr;
    napi_value made = make_object(env);
    napi_property_descriptor property = {nullptr, key, nullptr, nullptr, nullptr, made, napi_default, nullptr};
    return made != nullptr && napi_define_properties(env, object, 1, &property) == napi_ok ? made : nullptr;
}

napi_value Object::slot(const char *name) const
{
    napi_value of = slots();
    return of == nullptr ? nullptr : get(bridge->env, of, name);
}

void Object::set_slot(const char *name, napi_value value) const
{
    napi_value of = slots(value != nullptr);
    if (of != nullptr)
        put(bridge->env, of, name, value != nullptr ? value : undefined(bridge->env));
}

void Object::know(napi_value self)
{
    if (weak == nullptr)
        napi_create_reference(bridge->env, self, 0, &weak);
}

/* Images come with every frame, and most of them do without a reference to themselves. */
static bool is_light(Kind kind)
{
    return kind == Kind::Image;
}

static void finalise(napi_env, void *data, void *)
{
    delete static_cast<Object *>(data);
}

napi_value construct(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    if (call.bridge == nullptr || call.bridge->constructing == nullptr)
        return throw_argument(env, "objects of this class are made by the factories of camera, image and media");
    Env &bridge = *call.bridge;
    Object *object = bridge.constructing;
    bridge.constructing = nullptr;
    if ((!is_light(object->kind) && napi_create_reference(env, call.self, 0, &object->weak) != napi_ok) ||
        napi_wrap(env, call.self, object, finalise, nullptr, nullptr) != napi_ok) {
        delete object;
        return throw_error(env, CAMERA_ERROR_SERVICE_FATAL_ERROR, "the runtime made no object");
    }
    object->endpoint->object = object;
    bridge.objects.insert(object);
    return call.self;
}

bool define_class(Env &bridge, Kind kind, const char *name, const Methods &methods)
{
    napi_value constructor;
    if (napi_define_class(bridge.env, name, NAPI_AUTO_LENGTH, construct, nullptr, methods.size(), methods.data(),
                          &constructor) == napi_ok &&
        (bridge.constructors[static_cast<int>(kind)] = bridge.keep(constructor)) != nullptr)
        return true;
    throw_error(bridge.env, CAMERA_ERROR_SERVICE_FATAL_ERROR, std::string("load: the runtime made no class ") + name);
    return false;
}

napi_property_descriptor method(const char *name, napi_callback function, void *data)
{
    return {name, nullptr, function, nullptr, nullptr, nullptr, napi_default_method, data};
}

napi_property_descriptor getter(const char *name, napi_callback function, void *data)
{
    return {name, nullptr, nullptr, function, nullptr, nullptr, napi_enumerable, data};
}

napi_value make_instance(Env &bridge, std::unique_ptr<Object> object)
{
    napi_value constructor = bridge.kept(bridge.constructors[static_cast<int>(object->kind)]), made = nullptr;
    if (constructor == nullptr)
        return throw_error(bridge.env, CAMERA_ERROR_SERVICE_FATAL_ERROR, "the class of this object was not loaded");
    bridge.constructing = object.release();
    if (napi_new_instance(bridge.env, constructor, 0, nullptr, &made) == napi_ok)
        return made;
    delete bridge.constructing; /* null when the constructor had taken it */
    bridge.constructing = nullptr;
    return nullptr;
}

} // namespace bridge
