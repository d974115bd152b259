/* SPDX-License-Identifier: Apache-2.0
 *
 * What every part of the bridge stands on: the environment, errors, arguments, objects, operations
 * and events. The classes are in the other files; each adds itself to the table in module.cc.
 *
 * Two rules keep a bridge a good guest, and everything here serves them:
 *
 *   The library calls from its own threads. Nothing of Node-API is called there: a callback puts a
 *   letter into the environment's Mailbox, and the letter is opened on the JavaScript thread.
 *
 *   An object never keeps JavaScript alive from outside the collector's sight. Listeners, and objects
 *   that others need (the outputs of a session, the receiver of an output), are properties of the
 *   JavaScript object, in its "slots"; the native half holds only a weak reference to its own object.
 *   So a circle of objects and closures is collected like any other.
 *
 * Only functions that Node-API and Ark's NAPI have in common are used: see napi/README.md.
 */
#ifndef CAMERA_SESSION_NAPI_BRIDGE_H
#define CAMERA_SESSION_NAPI_BRIDGE_H

#include <camera_session.h>
#include <node_api.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

namespace bridge {

class Call;
class Object;
class Operation;
struct EventTable;
struct Env;

/* For the environment's end: frees a pending operation, whose completion will not come any more. */
void abandon(Operation *operation);

/* ---- letters to the JavaScript thread (mailbox.cc) ---- */

using Letter = std::function<void(Env &)>;

/* The way from any thread to one environment. Outlives the environment: what is posted after its end
 * is destroyed unread. */
class Mailbox {
public:
    /* From any thread. The letter is opened on the JavaScript thread, in a handle scope of its own, in
     * the order of posting; false: it never will be, the environment has ended. */
    bool post(Letter letter);

    /* Keeps the event loop alive while at least one hold is there. JavaScript thread only. */
    void hold(Env &env);
    void let_go(Env &env);

private:
    friend struct Env;
    bool open(napi_env env, std::string *why);
    void close(napi_env env);
    static void deliver(napi_env env, napi_value function, void *context, void *data);

    std::mutex lock;
    napi_threadsafe_function function = nullptr; /* null: not opened, or closed */
    int holds = 0;
};

/* ---- the environment (env.cc) ---- */

/* The classes that JavaScript sees objects of. */
enum class Kind {
    CameraManager,
    CameraInput,
    PreviewOutput,
    PhotoOutput,
    VideoOutput,
    MetadataOutput,
    PhotoSession,
    VideoSession,
    SecureSession,
    CaptureSession,
    Photo,
    ImageReceiver,
    Image,
    AVRecorder,
    Count
};

/* One JavaScript environment: the main thread, or a worker. All members but the mailbox are for the
 * JavaScript thread only. Shared with each native object, since those may be finalised after it. */
struct Env : std::enable_shared_from_this<Env> {
    napi_env env = nullptr; /* null after the environment's end */
    std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>();
    napi_ref constructors[static_cast<int>(Kind::Count)] = {};
    napi_ref exports = nullptr; /* what the module was loaded as */
    napi_ref slots_key = nullptr; /* the symbol under which an object has its slots */
    Object *constructing = nullptr; /* handed to the constructor; null: JavaScript called it itself */
    std::unordered_set<Object *> objects; /* those whose JavaScript half lives */
    std::unordered_set<Operation *> operations; /* those that are pending */
    std::vector<napi_ref> for_ever;
    std::deque<Operation *> microtasks; /* of `operations`: those that finish in a microtask, in order */
    napi_ref resolved_promise = nullptr, promise_then = nullptr, microtask_function = nullptr;
    std::map<std::string, camera_manager *> managers; /* by the list of cameras; "" is the default one */
    std::map<std::string, Object *> surfaces; /* by surface id: receivers and recorders */

    static Env *of(napi_env env);
    /* Makes the environment's half of the bridge, and the hook that ends it. False: an exception is
     * pending. */
    static bool begin(napi_env env);
    void end();

    /* The library's manager for a list of cameras; made at the first call. Null: an exception is pending. */
    camera_manager *manager(const std::string &cameras = std::string());
    /* A manager for what needs no cameras: any that is there already, or else the default one. */
    camera_manager *any_manager();
    /* A strong reference, to be dropped; null on failure. */
    napi_ref keep(napi_value value);
    /* Keeps a value alive as long as the environment. */
    void keep_for_ever(napi_value value);
    napi_value kept(napi_ref reference) const;
    /* Lets go of what was kept. */
    void drop(napi_ref *reference) const;
};

/* ---- errors (error.cc) ---- */

/* An Error with a numeric `code`, the contract's text as `message`, and `detail`. */
napi_value make_error(napi_env env, int32_t code, const std::string &detail);
/* The same for modules whose codes are not the camera's: the text is the caller's. */
napi_value make_error_text(napi_env env, int32_t code, const std::string &text, const std::string &detail);
/* Throws it. Always null, to be returned. */
napi_value throw_error(napi_env env, int32_t code, const std::string &detail);
/* 7400101 with this detail. */
napi_value throw_argument(napi_env env, const std::string &detail);
/* For a synchronous call of the library on this thread: true for CAMERA_OK, else throws its code and
 * detail. */
bool succeeded(napi_env env, int32_t code);
/* Hands a pending exception to the runtime as an uncaught one. */
void report_exception(napi_env env);

/* ---- values (value.cc) ---- */

napi_value undefined(napi_env env);
napi_value make_bool(napi_env env, bool value);
napi_value make_int(napi_env env, int64_t value);
napi_value make_double(napi_env env, double value);
napi_value make_string(napi_env env, const std::string &value);
napi_value make_object(napi_env env);
napi_value make_array(napi_env env);
void put(napi_env env, napi_value object, const char *name, napi_value value);
void put(napi_env env, napi_value object, const char *name, int64_t value);
void put(napi_env env, napi_value object, const char *name, const std::string &value);
void push(napi_env env, napi_value array, napi_value value);

napi_valuetype type_of(napi_env env, napi_value value);
bool is_function(napi_env env, napi_value value);
/* An object that is neither null nor a function. */
bool is_object(napi_env env, napi_value value);
/* A property; undefined when it is missing. Null when a getter threw (the exception is pending). */
napi_value get(napi_env env, napi_value object, const char *name);

/* Each reads a value strictly: false, with nothing pending, when it is of another type. An integer must
 * have no fraction and fit; a number must not be NaN. */
bool read_bool(napi_env env, napi_value value, bool *out);
bool read_int32(napi_env env, napi_value value, int32_t *out);
bool read_uint32(napi_env env, napi_value value, uint32_t *out);
bool read_double(napi_env env, napi_value value, double *out);
bool read_string(napi_env env, napi_value value, std::string *out);
/* What a value is, for a detail: "a string", "undefined", "the number 7". */
std::string describe(napi_env env, napi_value value);

/* ---- calls (call.cc) ---- */

/* The arguments of one call from JavaScript. The "expect" functions throw 7400101 with a detail that
 * names the method, the argument and what came instead. */
class Call {
public:
    static constexpr size_t most = 8;
    Call(napi_env env, napi_callback_info info);

    napi_env env;
    Env *bridge;
    size_t count = 0; /* as given; may be more than `most` */
    napi_value arguments[most] = {};
    napi_value self = nullptr;
    void *data = nullptr; /* of the property descriptor */

    napi_value argument(size_t index) const { return index < most ? arguments[index] : nullptr; }
    bool has_function(size_t index) const { return index < count && is_function(env, argument(index)); }

    /* Each: true, or an exception is pending. `what` names the argument: "the surface id". */
    bool expect_count(const char *method, size_t least, size_t greatest);
    bool expect_bool(size_t index, const char *what, bool *out);
    bool expect_int(size_t index, const char *what, int32_t *out);
    bool expect_double(size_t index, const char *what, double *out);
    bool expect_string(size_t index, const char *what, std::string *out);
    bool expect_object(size_t index, const char *what);
    bool expect_array(size_t index, const char *what, uint32_t *length);
    /* A field of the object argument. */
    bool expect_field_int(napi_value object, const char *what, const char *name, int32_t *out);
    bool expect_field_uint(napi_value object, const char *what, const char *name, uint32_t *out);
    bool expect_field_double(napi_value object, const char *what, const char *name, double *out);
    bool expect_field_string(napi_value object, const char *what, const char *name, std::string *out);

    /* The native half of `this`, or of an argument; null: an exception is pending. */
    template <class T> T *this_object() { return static_cast<T *>(this_of(T::is)); }
    template <class T> T *expect_instance(size_t index, const char *what)
    {
        return static_cast<T *>(instance_of(argument(index), what, T::is));
    }

private:
    Object *this_of(bool (*is)(Kind));
    Object *instance_of(napi_value value, const char *what, bool (*is)(Kind));
    bool wrong(const char *what, const char *wanted, napi_value value);
    bool read_text(const char *what, napi_value value, std::string *out);
};

/* ---- objects (object.cc) ---- */

/* Where the library's callbacks find an object, for as long as there is one: shared by the object and
 * by the callbacks' user data. */
struct Endpoint {
    std::shared_ptr<Mailbox> mailbox;
    std::atomic<uint32_t> interest{0}; /* bit N: event N of the object's table has listeners */
    Object *object = nullptr; /* JavaScript thread only; null once it was finalised */

    bool wants(unsigned event) const { return (interest.load(std::memory_order_relaxed) >> event & 1) != 0; }
};

/* The native half of a JavaScript object. Lives until the collector takes the JavaScript half, or the
 * environment ends. */
class Object {
public:
    Object(Env &env, Kind kind, const EventTable *events = nullptr);
    virtual ~Object();
    Object(const Object &) = delete;
    Object &operator=(const Object &) = delete;

    /* What the environment's end does first, while its JavaScript still can be called: let go what
     * holds. The destructor comes later. */
    virtual void on_environment_end() {}

    static bool is(Kind) { return true; }

    const Kind kind;
    const EventTable *const events; /* null: none */
    const std::shared_ptr<Env> bridge;
    const std::shared_ptr<Endpoint> endpoint;

    /* The JavaScript half; null when the collector took it, and of an object of a light kind that nobody
     * needed to know yet. */
    napi_value self() const;
    /* Remembers the JavaScript half of an object of a light kind. */
    void know(napi_value self);
    /* Lets go of the references to JavaScript: at the environment's end, which finalises objects after it. */
    virtual void forget();
    /* Keeps the JavaScript half alive, and the event loop running, until the same number of unpins. */
    void pin();
    void unpin();

    /* The object's slots: a JavaScript object that nobody else has, made when it is needed. */
    napi_value slots(bool make = false) const;
    napi_value slot(const char *name) const;
    void set_slot(const char *name, napi_value value) const; /* null deletes it */

private:
    friend napi_value make_instance(Env &, std::unique_ptr<Object>);
    friend napi_value construct(napi_env, napi_callback_info);
    napi_ref weak = nullptr;
    int pins = 0;
    /* Weak, by event: the registrations, which the slots keep. See listeners.cc. */
    friend struct Registrations;
    std::vector<napi_ref> registrations;
};

/* The native half of a value, if it has one of ours; else null. */
Object *native_half(Env &env, napi_value value);

/* The constructor behind every class: takes over Env::constructing, and throws when JavaScript calls it. */
napi_value construct(napi_env env, napi_callback_info info);
/* Defines a class. Its methods may be put together from several tables. False: an exception is pending. */
using Methods = std::vector<napi_property_descriptor>;
bool define_class(Env &env, Kind kind, const char *name, const Methods &methods);
/* A method or a getter for such a table. */
napi_property_descriptor method(const char *name, napi_callback function, void *data = nullptr);
napi_property_descriptor getter(const char *name, napi_callback function, void *data = nullptr);
/* Makes the JavaScript half. Null: an exception is pending, and the native half is gone. */
napi_value make_instance(Env &env, std::unique_ptr<Object> object);

/* ---- asynchronous operations (operation.cc) ---- */

/* Begins one: calls the library's ..._async function with the completion function and user data that it
 * is given. */
using Begin = std::function<int32_t(camera_completion_fn completion, void *user_data)>;
/* Makes the result, on the JavaScript thread, when the operation succeeded; may be empty (undefined). A
 * null result with a pending exception fails the operation. */
using Result = std::function<napi_value(napi_env env)>;
/* Runs on the JavaScript thread when the operation has ended, before JavaScript hears of it. */
using Ended = std::function<void(int32_t code)>;

struct OperationPlan {
    const char *method; /* for details */
    size_t arguments; /* that come before the callback */
    Begin begin;
    Result result = nullptr;
    Ended ended = nullptr;
    /* Makes the error of a code; empty: make_error(). */
    std::function<napi_value(napi_env env, int32_t code, const std::string &detail)> error = nullptr;
};

/* Runs an operation in the form that the arguments ask for: with a function behind the plan's arguments
 * that function is called with (error or undefined, result), and undefined is returned; without it a
 * promise is returned. Anything else throws 7400101. What the library refuses with 7400101 is thrown,
 * too; other refusals are results. `self` is kept alive meanwhile, and the event loop running. */
napi_value run_operation(Call &call, Object *self, OperationPlan plan);
/* For what has failed already, without a call of the library: the same refusal as an operation's. `error` makes the
 * error of the code; empty: make_error(). */
napi_value fail_at_once(Call &call, Object *self, const char *method, size_t arguments, int32_t code,
                        const std::string &detail,
                        std::function<napi_value(napi_env env, int32_t code, const std::string &detail)> error = nullptr);

/* For what has succeeded already, on a path that must be cheap: a promise is settled on the spot, which no
 * program can tell from later; a callback comes as a microtask, and so after its function has returned. What fails
 * is to take the long way, fail_at_once(): a program that asks again whenever it was refused would keep the
 * event loop from ever turning. */
napi_value succeed_at_once(Call &call, Object *self, const char *method, size_t arguments, Result result = nullptr);

/* ---- events (listeners.cc) ---- */

/* How the functions of an event are called. */
enum class Shape {
    ErrorAndData, /* AsyncCallback: (undefined, data) */
    Error, /* ErrorCallback: (error) */
    Data, /* Callback: (data) */
    Arguments, /* Callback with more: (first, second); the data is an array of at most 4 */
};

struct Event {
    const char *name; /* as on() knows it: "frameStart" */
    Shape shape;
    /* Functions that come with another argument before them: on("error", camera, callback). */
    bool has_argument = false;
};

/* The events of a class; the index is the bit of Endpoint::interest. At most 32. */
struct EventTable {
    const char *object; /* for details: "a preview output" */
    std::vector<Event> events;
    /* Called after a function was added, and after one was removed; may be null. `entry` identifies the
     * registration. */
    void (*added)(Object &object, unsigned event, napi_value entry) = nullptr;
    void (*removed)(Object &object, unsigned event, napi_value entry) = nullptr;
};

/* on, once, off, and the onXxx and offXxx forms of every event, whose functions get no error before the data.
 * The table must outlive the class. */
Methods event_methods(const EventTable &table);

/* Makes what the functions of an event are called with, once for all of them. */
using Data = std::function<napi_value(napi_env env)>;
/* Calls the functions of an event, on the JavaScript thread. With `only`, just that registration's. An
 * exception goes to the runtime as an uncaught one, and the next function is called all the same. */
void emit(Object &object, unsigned event, const Data &data, napi_value only = nullptr);
/* From a thread of the library: posts a letter that emits, if anybody listens. `keep_alive` is what the data
 * needs. */
void post_event(const std::shared_ptr<Endpoint> &endpoint, unsigned event, Data data);

/* User data for a callback of the library, and the function that frees it. */
void *share(const std::shared_ptr<Endpoint> &endpoint);
void unshare(void *user_data);
const std::shared_ptr<Endpoint> &shared(void *user_data);

} // namespace bridge

#endif
