/* SPDX-License-Identifier: Apache-2.0
 *
 * Asynchronous operations, as a promise or with a callback. */
#include "bridge.h"

namespace bridge {

/* One operation between its call and its end. Belongs to the environment's set; the library has its address
 * as user data, and only posts it. */
class Operation {
public:
    Operation(Env &env, OperationPlan made) : bridge(env), mailbox(env.mailbox), plan(std::move(made)) {}

    /* What the arguments ask for; null: an exception is pending. */
    napi_value promise_or_callback(Call &call);
    void hold(Object *object);
    void finish(int32_t code, const std::string &detail);
    /* Frees what Node-API keeps for it. */
    void free_references();
    /* Frees a promise that nobody has seen. */
    void drop_promise();

    Env &bridge;
    const std::shared_ptr<Mailbox> mailbox; /* the library's thread reads it */
    OperationPlan plan;

private:
    napi_value outcome(int32_t code, const std::string &detail, bool *failed);

    void tell_where(napi_value error);

    napi_deferred deferred = nullptr; /* one of these two */
    napi_ref callback = nullptr;
    napi_ref site = nullptr; /* an Error that was made by the call: it knows where that was */
    Object *object = nullptr;
};

napi_value Operation::promise_or_callback(Call &call)
{
    napi_value promise = nullptr;
    if (call.count > plan.arguments) {
        callback = bridge.keep(call.argument(plan.arguments));
        promise = callback == nullptr ? nullptr : undefined(call.env);
    } else if (napi_create_promise(call.env, &deferred, &promise) == napi_ok) {
        napi_value error;
        if (napi_create_error(call.env, nullptr, make_string(call.env, ""), &error) == napi_ok)
            site = bridge.keep(error);
    } else {
        promise = nullptr;
    }
    if (promise == nullptr)
        throw_error(call.env, CAMERA_ERROR_SERVICE_FATAL_ERROR,
                    std::string(plan.method) + "(): the runtime made no promise or reference");
    return promise;
}

void Operation::hold(Object *held)
{
    object = held;
    if (object != nullptr)
        object->pin();
    else
        mailbox->hold(bridge);
    bridge.operations.insert(this);
}

void Operation::free_references()
{
    bridge.drop(&callback);
    bridge.drop(&site);
    if (object != nullptr)
        object->unpin();
    else
        mailbox->let_go(bridge);
    object = nullptr;
}

void Operation::drop_promise()
{
    if (deferred != nullptr)
        napi_resolve_deferred(bridge.env, deferred, undefined(bridge.env));
    deferred = nullptr;
}

/* The result, or the error that the operation ends with. */
napi_value Operation::outcome(int32_t code, const std::string &detail, bool *failed)
{
    napi_env env = bridge.env;
    napi_value value = nullptr;
    *failed = code != CAMERA_OK;
    if (*failed)
        return plan.error ? plan.error(env, code, detail) : make_error(env, code, detail);
    value = plan.result ? plan.result(env) : undefined(env);
    if (value != nullptr)
        return value;
    *failed = true;
    if (napi_get_and_clear_last_exception(env, &value) == napi_ok && value != nullptr)
        return value;
    return make_error(env, CAMERA_ERROR_SERVICE_FATAL_ERROR, std::string(plan.method) + "(): no result could be made");
}

/* A rejection comes when the stack of its call is gone: the error gets that of the call. */
void Operation::tell_where(napi_value error)
{
    napi_env env = bridge.env;
    napi_value of_call = bridge.kept(site);
    std::string stack, message;
    if (of_call == nullptr || !is_object(env, error) || !read_string(env, get(env, of_call, "stack"), &stack) ||
        !read_string(env, get(env, error, "message"), &message))
        return;
    size_t first = stack.find('\n');
    if (first == std::string::npos)
        return;
    napi_value made = make_string(env, "Error: " + message + stack.substr(first));
    napi_property_descriptor property = {"stack", nullptr, nullptr, nullptr, nullptr, made, napi_default_method, nullptr};
    napi_define_properties(env, error, 1, &property);
}

void Operation::finish(int32_t code, const std::string &detail)
{
    napi_env env = bridge.env;
    bool failed;
    napi_value value;
    bridge.operations.erase(this);
    if (plan.ended)
        plan.ended(code);
    value = outcome(code, detail, &failed);
    if (failed)
        tell_where(value);
    if (deferred != nullptr) {
        if (failed)
            napi_reject_deferred(env, deferred, value);
        else
            napi_resolve_deferred(env, deferred, value);
        free_references();
        return;
    }
    napi_value function = bridge.kept(callback), receiver = undefined(env);
    napi_value arguments[2] = {failed ? value : undefined(env), failed ? undefined(env) : value};
    /* Before the call: what the callback does may end the process, or the environment. */
    free_references();
    if (function != nullptr)
        napi_call_function(env, receiver, function, 2, arguments, nullptr);
    report_exception(env);
}

void abandon(Operation *operation)
{
    operation->free_references();
    delete operation;
}

/* The library's completion function, on one of its threads. */
static void on_completion(int32_t code, const char *detail, void *user_data)
{
    auto *operation = static_cast<Operation *>(user_data);
    std::string text = detail == nullptr ? "" : detail;
    /* Not posted: the environment has ended, or is about to, and frees the operation itself. The mailbox is
     * held here, because the operation may be freed as soon as the letter is in it. */
    std::shared_ptr<Mailbox> mailbox = operation->mailbox;
    mailbox->post([operation, code, text](Env &bridge) {
        if (bridge.operations.count(operation) == 0)
            return;
        std::unique_ptr<Operation> mine(operation);
        mine->finish(code, text);
    });
}

/* True when the arguments fit the plan, else an exception is pending. */
static bool arguments_fit(Call &call, const char *name, size_t arguments)
{
    if (call.count == arguments || (call.count == arguments + 1 && call.has_function(arguments)))
        return true;
    if (call.count == arguments + 1)
        throw_argument(call.env, std::string(name) + "(): the callback must be a function, not " +
                                     describe(call.env, call.argument(arguments)) + "; leave it out for a promise");
    else
        call.expect_count(name, arguments, arguments + 1);
    return false;
}

napi_value run_operation(Call &call, Object *self, OperationPlan plan)
{
    if (!arguments_fit(call, plan.method, plan.arguments))
        return nullptr;
    std::unique_ptr<Operation> operation(new Operation(*call.bridge, std::move(plan)));
    napi_value answer = operation->promise_or_callback(call);
    if (answer == nullptr)
        return nullptr;
    if (self != nullptr)
        self->know(call.self);
    operation->hold(self);
    Operation *pending = operation.release();
    int32_t code = pending->plan.begin(on_completion, pending);
    if (code == CAMERA_OK)
        return answer;
    /* Refused: the completion never runs. */
    std::string detail = camera_error_detail();
    if (code == CAMERA_ERROR_INVALID_ARGUMENT) {
        call.bridge->operations.erase(pending);
        napi_value error = pending->plan.error ? pending->plan.error(call.env, code, detail)
                                               : make_error(call.env, code, detail);
        pending->drop_promise();
        abandon(pending);
        if (error != nullptr)
            napi_throw(call.env, error);
        return nullptr;
    }
    on_completion(code, detail.c_str(), pending);
    return answer;
}

/* What each microtask calls: the operation that waits longest has succeeded. */
static napi_value finish_in_microtask(napi_env env, napi_callback_info)
{
    Env *bridge = Env::of(env);
    if (bridge == nullptr || bridge->microtasks.empty())
        return nullptr;
    std::unique_ptr<Operation> mine(bridge->microtasks.front());
    bridge->microtasks.pop_front();
    mine->finish(CAMERA_OK, std::string());
    return nullptr;
}

/* Node-API has no microtasks, but what a resolved promise calls is one. The promise, its `then` and the function
 * are made once for each environment. */
static bool prepare_microtasks(Env &bridge)
{
    napi_env env = bridge.env;
    napi_deferred deferred;
    napi_value promise, then, function;
    if (bridge.microtask_function != nullptr)
        return true;
    if (napi_create_promise(env, &deferred, &promise) != napi_ok ||
        napi_resolve_deferred(env, deferred, undefined(env)) != napi_ok ||
        (then = get(env, promise, "then")) == nullptr ||
        napi_create_function(env, "camera-session", NAPI_AUTO_LENGTH, finish_in_microtask, nullptr, &function) != napi_ok)
        return false;
    bridge.resolved_promise = bridge.keep(promise);
    bridge.promise_then = bridge.keep(then);
    bridge.microtask_function = bridge.keep(function);
    return bridge.microtask_function != nullptr;
}

/* Has it finished by a microtask. False: the runtime would not. */
static bool queue_microtask(Env &bridge, Operation *operation)
{
    if (!prepare_microtasks(bridge))
        return false;
    napi_value function = bridge.kept(bridge.microtask_function);
    bridge.microtasks.push_back(operation);
    if (napi_call_function(bridge.env, bridge.kept(bridge.resolved_promise), bridge.kept(bridge.promise_then), 1, &function,
                           nullptr) == napi_ok)
        return true;
    bridge.microtasks.pop_back();
    return false;
}

napi_value succeed_at_once(Call &call, Object *self, const char *method, size_t arguments, Result result)
{
    napi_env env = call.env;
    napi_deferred deferred;
    napi_value promise;
    if (!arguments_fit(call, method, arguments))
        return nullptr;
    if (call.count > arguments) {
        OperationPlan plan;
        plan.method = method;
        plan.arguments = arguments;
        plan.result = std::move(result);
        Env *bridge = call.bridge;
        plan.begin = [bridge](camera_completion_fn completion, void *user_data) {
            if (!queue_microtask(*bridge, static_cast<Operation *>(user_data)))
                completion(CAMERA_OK, "", user_data);
            return static_cast<int32_t>(CAMERA_OK);
        };
        return run_operation(call, self, std::move(plan));
    }
    if (napi_create_promise(env, &deferred, &promise) != napi_ok)
        return throw_error(env, CAMERA_ERROR_SERVICE_FATAL_ERROR,
                           std::string(method) + "(): the runtime made no promise");
    napi_value value = result ? result(env) : undefined(env);
    if (value != nullptr)
        napi_resolve_deferred(env, deferred, value);
    else if (napi_get_and_clear_last_exception(env, &value) == napi_ok)
        napi_reject_deferred(env, deferred, value);
    return promise;
}

napi_value fail_at_once(Call &call, Object *self, const char *method, size_t arguments, int32_t code,
                        const std::string &detail,
                        std::function<napi_value(napi_env env, int32_t code, const std::string &detail)> error)
{
    OperationPlan plan;
    plan.method = method;
    plan.arguments = arguments;
    plan.error = std::move(error);
    plan.begin = [code, detail](camera_completion_fn completion, void *user_data) {
        completion(code, detail.c_str(), user_data);
        return static_cast<int32_t>(CAMERA_OK);
    };
    return run_operation(call, self, std::move(plan));
}

} // namespace bridge
