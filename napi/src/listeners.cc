/* SPDX-License-Identifier: Apache-2.0
 *
 * Events: on, once, off.
 *
 * The registrations of an event are an array in the object's slots, of entries [function, once, shape].
 * It is replaced at each change and never changed, so that a call of the functions goes on through the
 * array that it began with, whatever they do. The object has a weak reference to it as well, so that an event of
 * every frame need not look anything up by name. */
#include "bridge.h"

#include <algorithm>
#include <cctype>
#include <cstring>

namespace bridge {

namespace {

/* One method of one class: which table, and for onXxx and offXxx which event. Lives as long as the
 * process: there are as many as methods. */
struct Binding {
    const EventTable *table;
    int event; /* -1: the first argument says it */
};

std::string slot_name(unsigned event)
{
    return "event" + std::to_string(event);
}

uint32_t length_of(napi_env env, napi_value array)
{
    uint32_t length = 0;
    if (array != nullptr)
        napi_get_array_length(env, array, &length);
    return length;
}

napi_value element(napi_env env, napi_value array, uint32_t index)
{
    napi_value value = nullptr;
    napi_get_element(env, array, index, &value);
    return value;
}

bool same(napi_env env, napi_value one, napi_value other)
{
    bool equal = false;
    return one != nullptr && other != nullptr && napi_strict_equals(env, one, other, &equal) == napi_ok && equal;
}

} // namespace

/* The weak references to an object's registrations. */
struct Registrations {
    /* Null when there are none. */
    static napi_value of(const Object &object, unsigned event)
    {
        napi_ref weak = event < object.registrations.size() ? object.registrations[event] : nullptr;
        return weak == nullptr ? nullptr : object.bridge->kept(weak);
    }

    static void set(Object &object, unsigned event, napi_value entries)
    {
        napi_env env = object.bridge->env;
        if (event >= object.registrations.size())
            object.registrations.resize(event + 1);
        napi_ref &weak = object.registrations[event];
        object.bridge->drop(&weak);
        if (entries != nullptr)
            napi_create_reference(env, entries, 0, &weak);
    }
};

namespace {

void set_entries(Object &object, unsigned event, napi_value entries)
{
    bool any = length_of(object.bridge->env, entries) > 0;
    object.set_slot(slot_name(event).c_str(), any ? entries : nullptr);
    Registrations::set(object, event, any ? entries : nullptr);
    if (any)
        object.endpoint->interest.fetch_or(1u << event, std::memory_order_relaxed);
    else
        object.endpoint->interest.fetch_and(~(1u << event), std::memory_order_relaxed);
}

/* What an entry has where. */
enum EntryPart : uint32_t { FUNCTION, ONCE, SHAPE };

void add(Object &object, const EventTable &table, unsigned event, napi_value function, bool once, Shape shape)
{
    napi_env env = object.bridge->env;
    napi_value old = Registrations::of(object, event), entries = make_array(env), entry = make_array(env);
    for (uint32_t i = 0; i < length_of(env, old); i++) {
        napi_value other = element(env, old, i);
        /* The same function twice is one registration. */
        if (same(env, element(env, other, FUNCTION), function))
            return;
        push(env, entries, other);
    }
    napi_set_element(env, entry, FUNCTION, function);
    napi_set_element(env, entry, ONCE, make_bool(env, once));
    napi_set_element(env, entry, SHAPE, make_int(env, static_cast<int64_t>(shape)));
    push(env, entries, entry);
    set_entries(object, event, entries);
    if (table.added != nullptr)
        table.added(object, event, entry);
}

/* Takes away one function, or the one with this entry; both null: all. What is not there is not missed. */
void take_away(Object &object, const EventTable &table, unsigned event, napi_value function, napi_value only)
{
    napi_env env = object.bridge->env;
    napi_value old = Registrations::of(object, event), entries = make_array(env), gone = make_array(env);
    for (uint32_t i = 0; i < length_of(env, old); i++) {
        napi_value entry = element(env, old, i);
        bool goes = function != nullptr ? same(env, element(env, entry, FUNCTION), function)
                                        : only == nullptr || same(env, entry, only);
        push(env, goes ? gone : entries, entry);
    }
    if (length_of(env, gone) == 0)
        return;
    set_entries(object, event, entries);
    for (uint32_t i = 0; i < length_of(env, gone) && table.removed != nullptr; i++)
        table.removed(object, event, element(env, gone, i));
}

int event_by_name(const EventTable &table, const std::string &name)
{
    for (size_t i = 0; i < table.events.size(); i++)
        if (name == table.events[i].name)
            return static_cast<int>(i);
    return -1;
}

enum class Verb { On, Once, Off };

/* The event that a call is about, and where its further arguments begin; false: an exception is pending. */
bool which_event(Call &call, const Binding &binding, const char *verb, unsigned *event, size_t *next)
{
    const EventTable &table = *binding.table;
    std::string name;
    *next = 0;
    if (binding.event >= 0) {
        *event = static_cast<unsigned>(binding.event);
        return true;
    }
    if (!call.expect_string(0, "the name of the event", &name))
        return false;
    int found = event_by_name(table, name);
    if (found < 0) {
        std::string known;
        for (const Event &each : table.events)
            known += (known.empty() ? "" : ", ") + std::string(each.name);
        throw_argument(call.env, std::string(verb) + "(): " + table.object + " has no event \"" + name +
                                     "\"; its events are: " + (known.empty() ? "none" : known));
        return false;
    }
    *event = static_cast<unsigned>(found);
    *next = 1;
    return true;
}

napi_value change(napi_env env, napi_callback_info info, Verb verb)
{
    static const char *const verbs[] = {"on", "once", "off"};
    const char *word = verbs[static_cast<int>(verb)];
    Call call(env, info);
    auto *object = call.this_object<Object>();
    auto *binding = static_cast<const Binding *>(call.data);
    unsigned event;
    size_t next;
    if (object == nullptr || !which_event(call, *binding, word, &event, &next))
        return nullptr;
    const Event &described = binding->table->events[event];
    if (described.has_argument && call.count > next && is_object(env, call.argument(next)))
        next++;
    if (verb == Verb::Off && call.count <= next) {
        take_away(*object, *binding->table, event, nullptr, nullptr);
        return undefined(env);
    }
    /* off(event, undefined) is off(event), as ArkTS has it. */
    if (verb == Verb::Off && type_of(env, call.argument(next)) == napi_undefined) {
        take_away(*object, *binding->table, event, nullptr, nullptr);
        return undefined(env);
    }
    if (!call.has_function(next))
        return throw_argument(env, std::string(word) + "(\"" + described.name + "\"): the callback must be a function, not " +
                                       describe(env, call.argument(next)));
    if (call.count > next + 1)
        return throw_argument(env, std::string(word) + "(\"" + described.name + "\"): nothing may follow the callback");
    if (verb == Verb::Off)
        take_away(*object, *binding->table, event, call.argument(next), nullptr);
    else
        add(*object, *binding->table, event, call.argument(next), verb == Verb::Once,
            binding->event >= 0 && described.shape == Shape::ErrorAndData ? Shape::Data : described.shape);
    return undefined(env);
}

napi_value on(napi_env env, napi_callback_info info)
{
    return change(env, info, Verb::On);
}

napi_value once(napi_env env, napi_callback_info info)
{
    return change(env, info, Verb::Once);
}

napi_value off(napi_env env, napi_callback_info info)
{
    return change(env, info, Verb::Off);
}

/* "frameStart" with "on": "onFrameStart". Interned for the life of the process, as a table's names are. */
const char *joined(const char *verb, const char *event)
{
    std::string name = verb;
    size_t at = name.size();
    name += event;
    name[at] = static_cast<char>(toupper(static_cast<unsigned char>(name[at])));
    return strdup(name.c_str());
}

/* Calls one function with an event's data in its shape. */
void call_with(napi_env env, napi_value function, Shape shape, napi_value data)
{
    constexpr uint32_t most = 4;
    napi_value nothing = undefined(env), arguments[most] = {data};
    size_t count = 1;
    if (shape == Shape::ErrorAndData) {
        arguments[0] = nothing;
        arguments[1] = data;
        count = 2;
    } else if (shape == Shape::Arguments) {
        count = std::min(length_of(env, data), most);
        for (uint32_t i = 0; i < count; i++)
            arguments[i] = element(env, data, i);
    }
    napi_call_function(env, nothing, function, count, arguments, nullptr);
}

} // namespace

Methods event_methods(const EventTable &table)
{
    /* Never freed: a class, and so its methods, may be defined in many environments; what is made here is
     * made once for each table. */
    static std::mutex lock;
    static auto &made = *new std::map<const EventTable *, Methods>;
    std::lock_guard<std::mutex> guard(lock);
    Methods &methods = made[&table];
    if (!methods.empty())
        return methods;
    auto *by_name = new Binding{&table, -1};
    methods = {method("on", on, by_name), method("once", once, by_name), method("off", off, by_name)};
    for (size_t i = 0; i < table.events.size(); i++) {
        auto *fixed = new Binding{&table, static_cast<int>(i)};
        methods.push_back(method(joined("on", table.events[i].name), on, fixed));
        methods.push_back(method(joined("off", table.events[i].name), off, fixed));
    }
    return methods;
}

void emit(Object &object, unsigned event, const Data &data, napi_value only)
{
    napi_env env = object.bridge->env;
    napi_value entries = Registrations::of(object, event), value;
    uint32_t length = length_of(env, entries);
    const EventTable *table = object.events;
    if (length == 0 || table == nullptr)
        return;
    value = data ? data(env) : undefined(env);
    if (value == nullptr) {
        report_exception(env);
        return;
    }
    for (uint32_t i = 0; i < length && object.bridge->env != nullptr; i++) {
        napi_value entry = element(env, entries, i);
        bool is_once = false;
        int32_t shape = 0;
        if (only != nullptr && !same(env, entry, only))
            continue;
        napi_get_value_bool(env, element(env, entry, ONCE), &is_once);
        napi_get_value_int32(env, element(env, entry, SHAPE), &shape);
        if (is_once)
            take_away(object, *table, event, nullptr, entry);
        call_with(env, element(env, entry, FUNCTION), static_cast<Shape>(shape), value);
        report_exception(env);
    }
}

void post_event(const std::shared_ptr<Endpoint> &endpoint, unsigned event, Data data)
{
    if (!endpoint->wants(event))
        return;
    endpoint->mailbox->post([endpoint, event, data](Env &) {
        if (endpoint->object != nullptr)
            emit(*endpoint->object, event, data);
    });
}

void *share(const std::shared_ptr<Endpoint> &endpoint)
{
    return new std::shared_ptr<Endpoint>(endpoint);
}

void unshare(void *user_data)
{
    delete static_cast<std::shared_ptr<Endpoint> *>(user_data);
}

const std::shared_ptr<Endpoint> &shared(void *user_data)
{
    return *static_cast<std::shared_ptr<Endpoint> *>(user_data);
}

} // namespace bridge
