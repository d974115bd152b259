/* SPDX-License-Identifier: Apache-2.0
 *
 * The bridge's half of one JavaScript environment, from its first use to its end. */
#include "bridge.h"

#include <unordered_map>

namespace bridge {

namespace {

/* The environments by their handle. Node-API's instance data would do in Node.js, where each module has
 * a napi_env of its own; in Ark all modules of an engine share one, and its instance data with it. */
std::mutex environments_lock;
/* Never destroyed: process.exit() runs the destructors of static objects without ending environments. */
auto &environments = *new std::unordered_map<napi_env, std::shared_ptr<Env>>;

void on_environment_end(void *data)
{
    auto env = static_cast<napi_env>(data);
    std::shared_ptr<Env> bridge;
    {
        std::lock_guard<std::mutex> guard(environments_lock);
        auto found = environments.find(env);
        if (found == environments.end())
            return;
        bridge = found->second;
    }
    bridge->end();
    std::lock_guard<std::mutex> guard(environments_lock);
    environments.erase(env);
}

} // namespace

/* The environment that was asked for last on this thread, to which it belongs and where it ends. */
static thread_local Env *recent = nullptr;

Env *Env::of(napi_env env)
{
    if (recent != nullptr && recent->env == env)
        return recent;
    std::lock_guard<std::mutex> guard(environments_lock);
    auto found = environments.find(env);
    return found == environments.end() ? nullptr : (recent = found->second.get());
}

bool Env::begin(napi_env env)
{
    auto bridge = std::make_shared<Env>();
    std::string why;
    napi_value symbol;
    bridge->env = env;
    if (!bridge->mailbox->open(env, &why)) {
        throw_error(env, CAMERA_ERROR_SERVICE_FATAL_ERROR, "load: " + why);
        return false;
    }
    /* The hook runs before the runtime frees what it knows of the environment, and may use Node-API. */
    if (napi_create_symbol(env, nullptr, &symbol) != napi_ok || (bridge->slots_key = bridge->keep(symbol)) == nullptr ||
        napi_add_env_cleanup_hook(env, on_environment_end, env) != napi_ok) {
        bridge->mailbox->close(env);
        throw_error(env, CAMERA_ERROR_SERVICE_FATAL_ERROR, "load: the runtime gave no symbol or no cleanup hook");
        return false;
    }
    std::lock_guard<std::mutex> guard(environments_lock);
    environments[env] = bridge;
    return true;
}

camera_manager *Env::manager(const std::string &cameras)
{
    auto found = managers.find(cameras);
    if (found != managers.end())
        return found->second;
    camera_manager_options options = CAMERA_MANAGER_OPTIONS_INIT;
    camera_manager *made = nullptr;
    options.cameras = cameras.empty() ? nullptr : cameras.c_str();
    if (!succeeded(env, camera_manager_create(&options, &made)))
        return nullptr;
    managers[cameras] = made;
    return made;
}

camera_manager *Env::any_manager()
{
    return managers.empty() ? manager() : managers.begin()->second;
}

napi_ref Env::keep(napi_value value)
{
    napi_ref reference = nullptr;
    return napi_create_reference(env, value, 1, &reference) == napi_ok ? reference : nullptr;
}

void Env::keep_for_ever(napi_value value)
{
    for_ever.push_back(keep(value));
}

napi_value Env::kept(napi_ref reference) const
{
    napi_value value = nullptr;
    return reference != nullptr && napi_get_reference_value(env, reference, &value) == napi_ok ? value : nullptr;
}

void Env::drop(napi_ref *reference) const
{
    if (*reference != nullptr)
        napi_delete_reference(env, *reference);
    *reference = nullptr;
}

/* Everything may be running: sessions stream, operations are pending, letters are on their way. */
void Env::end()
{
    /* From here on the library's callbacks find the mailbox closed. */
    mailbox->close(env);
    for (Object *object : objects)
        object->on_environment_end();
    /* Ends what was made from the managers, and waits until no callback of theirs runs. */
    for (auto &entry : managers)
        camera_manager_release(entry.second);
    managers.clear();
    /* Their completions have run, into the closed mailbox. */
    std::unordered_set<Operation *> left;
    left.swap(operations);
    for (Operation *operation : left)
        abandon(operation);
    microtasks.clear();
    /* The runtime frees no references that somebody made. */
    for (Object *object : objects)
        object->forget();
    for (napi_ref &reference : for_ever)
        drop(&reference);
    for (napi_ref &constructor : constructors)
        drop(&constructor);
    for (napi_ref *reference : {&slots_key, &exports, &resolved_promise, &promise_then, &microtask_function})
        drop(reference);
    recent = nullptr;
    env = nullptr;
}

} // namespace bridge
