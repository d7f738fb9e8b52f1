package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// control is the door for tests. Bodies and answers are JSON; an answer of 400 says what was wrong in plain text.
type control struct {
	model   *simulator.Model
	traffic *traffic
}

func newControl(model *simulator.Model, traffic *traffic) http.Handler {
	c := &control{model, traffic}
	mux := http.NewServeMux()
	answer(mux, "GET /state", func(*http.Request) (any, error) { return c.state(), nil })
	answer(mux, "GET /vms", func(*http.Request) (any, error) { return c.vms(), nil })
	answer(mux, "POST /faults", c.addFault)
	answer(mux, "DELETE /faults", c.clearFaults)
	answer(mux, "POST /transport", c.addTransportRule)
	answer(mux, "POST /delay", c.setDelay)
	answer(mux, "POST /session-timeout", c.setSessionTimeout)
	answer(mux, "DELETE /sessions", c.endSessions)
	answer(mux, "DELETE /counts", c.resetCounts)
	return mux
}

func answer(mux *http.ServeMux, pattern string, handle func(*http.Request) (any, error)) {
	mux.HandleFunc(pattern, func(writer http.ResponseWriter, request *http.Request) {
		result, err := handle(request)
		if err != nil {
			http.Error(writer, err.Error(), http.StatusBadRequest)
			return
		}
		writer.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(writer).Encode(result)
	})
}

func govmomiVersion() string {
	build, ok := debug.ReadBuildInfo()
	if ok {
		for _, module := range build.Deps {
			if module.Path == "github.com/vmware/govmomi" {
				return module.Version
			}
		}
	}
	return "unknown"
}

type session struct {
	Key       string `json:"key"`
	UserName  string `json:"userName"`
	UserAgent string `json:"userAgent"`
	Calls     int64  `json:"calls"`
}

type state struct {
	// Requests by SOAP method, or by HTTP method and path.
	Requests    map[string]int `json:"requests"`
	Connections int            `json:"connections"`
	// ConnectionsOf counts those that carried a request, by its name.
	ConnectionsOf map[string]int `json:"connectionsOf"`
	Logins        int            `json:"logins"`
	Sessions      []session      `json:"sessions"`
	// FaultsInjected counts what the fault rules did, transport rules left out.
	FaultsInjected int64 `json:"faultsInjected"`
}

func (c *control) state() state {
	sessions := []session{}
	for _, known := range c.sessions() {
		sessions = append(sessions, session{known.Key, known.UserName, known.UserAgent, known.CallCount})
	}
	injected, _ := c.model.Service.GetFaultStats()["total_injections"].(int64)
	c.traffic.mutex.Lock()
	defer c.traffic.mutex.Unlock()
	requests := make(map[string]int, len(c.traffic.requests))
	for name, count := range c.traffic.requests {
		requests[name] = count
	}
	connectionsOf := map[string]int{}
	for _, names := range c.traffic.connections {
		for name := range names {
			connectionsOf[name]++
		}
	}
	return state{requests, len(c.traffic.connections), connectionsOf, c.traffic.logins, sessions, injected}
}

// sessions reads the list through a session of its own that is never stored: only such a view carries it.
func (c *control) sessions() []types.UserSession {
	view := simulator.Session{Registry: simulator.NewRegistry(), Map: c.model.Map()}
	manager, ok := view.Get(*c.model.ServiceContent.SessionManager).(*simulator.SessionManager)
	if !ok {
		return nil
	}
	return manager.SessionList
}

type vm struct {
	Ref          string            `json:"ref"`
	Name         string            `json:"name"`
	InstanceUUID string            `json:"instanceUuid"`
	UUID         string            `json:"uuid"`
	PowerState   string            `json:"powerState"`
	Template     bool              `json:"template"`
	NumCPU       int32             `json:"numCpu"`
	MemoryMB     int32             `json:"memoryMb"`
	Parent       string            `json:"parent"`
	ExtraConfig  map[string]string `json:"extraConfig"`
}

func (c *control) vms() []vm {
	list := []vm{}
	for _, entity := range c.model.Map().All("VirtualMachine") {
		machine, ok := entity.(*simulator.VirtualMachine)
		if !ok {
			continue
		}
		c.model.Service.Context.WithLock(machine, func() { list = append(list, describe(&machine.VirtualMachine)) })
	}
	slices.SortFunc(list, func(a, b vm) int { return strings.Compare(a.Name+a.Ref, b.Name+b.Ref) })
	return list
}

func describe(machine *mo.VirtualMachine) vm {
	told := vm{
		Ref:         machine.Self.Value,
		Name:        machine.Name,
		PowerState:  string(machine.Runtime.PowerState),
		ExtraConfig: map[string]string{},
	}
	if machine.Parent != nil {
		told.Parent = machine.Parent.Value
	}
	if config := machine.Config; config != nil {
		told.InstanceUUID, told.UUID, told.Template = config.InstanceUuid, config.Uuid, config.Template
		told.NumCPU, told.MemoryMB = config.Hardware.NumCPU, config.Hardware.MemoryMB
		for _, option := range config.ExtraConfig {
			pair := option.GetOptionValue()
			told.ExtraConfig[pair.Key] = fmt.Sprint(pair.Value)
		}
	}
	return told
}

// faultRule is a rule of the simulator's own fault injection, which answers a SOAP fault instead of carrying out the call.
type faultRule struct {
	Method string `json:"method"`
	// ObjectType and ObjectName narrow the rule; default all.
	ObjectType string `json:"objectType"`
	ObjectName string `json:"objectName"`
	// Fault is a type name of the API such as TaskInProgress; Detail fills its properties.
	Fault       string          `json:"fault"`
	Detail      json.RawMessage `json:"detail"`
	Message     string          `json:"message"`
	DelayMs     int             `json:"delayMs"`
	Count       int             `json:"count"`
	Skip        int             `json:"skip"`
	Probability *float64        `json:"probability"`
}

// builtIn are the kinds that the simulator fills by itself when no detail is given.
var builtIn = map[string]simulator.FaultType{
	"NotAuthenticated":           simulator.FaultTypeNotAuthenticated,
	"NoPermission":               simulator.FaultTypeNoPermission,
	"InvalidArgument":            simulator.FaultTypeInvalidArgument,
	"MethodNotFound":             simulator.FaultTypeMethodNotFound,
	"ManagedObjectNotFound":      simulator.FaultTypeManagedObjectNotFound,
	"InvalidState":               simulator.FaultTypeInvalidState,
	"ResourceInUse":              simulator.FaultTypeResourceInUse,
	"InsufficientResourcesFault": simulator.FaultTypeInsufficientResourcesFault,
	"NetworkFailure":             simulator.FaultTypeNetworkFailure,
	"Timeout":                    simulator.FaultTypeTimeout,
	"Generic":                    simulator.FaultTypeGeneric,
}

func (c *control) addFault(request *http.Request) (any, error) {
	var wanted faultRule
	if err := read(request, &wanted); err != nil {
		return nil, err
	}
	rule := &simulator.FaultInjectionRule{
		MethodName: orAll(wanted.Method), ObjectType: orAll(wanted.ObjectType), ObjectName: orAll(wanted.ObjectName),
		Probability: 1, Message: wanted.Message, Delay: wanted.DelayMs, MaxCount: wanted.Count, SkipCount: wanted.Skip,
		Enabled: true,
	}
	if wanted.Probability != nil {
		rule.Probability = *wanted.Probability
	}
	kind, isBuiltIn := builtIn[wanted.Fault]
	if isBuiltIn && len(wanted.Detail) == 0 {
		rule.FaultType = kind
	} else {
		fault, err := newFault(wanted.Fault, wanted.Detail)
		if err != nil {
			return nil, err
		}
		rule.FaultType, rule.Fault = simulator.FaultTypeCustom, fault
	}
	c.model.Service.AddFaultRule(rule)
	return len(c.model.Service.GetFaultRules()), nil
}

func newFault(name string, detail json.RawMessage) (types.BaseMethodFault, error) {
	kind, ok := types.TypeFunc()(name)
	if !ok {
		return nil, fmt.Errorf("no type %q in the API", name)
	}
	fault, ok := reflect.New(kind).Interface().(types.BaseMethodFault)
	if !ok {
		return nil, fmt.Errorf("%s is no fault", name)
	}
	if len(detail) > 0 {
		if err := types.NewJSONDecoder(strings.NewReader(string(detail))).Decode(fault); err != nil {
			return nil, err
		}
	}
	return fault, nil
}

func orAll(text string) string {
	if text == "" {
		return "*"
	}
	return text
}

func (c *control) clearFaults(*http.Request) (any, error) {
	c.model.Service.ClearFaultRules()
	c.traffic.mutex.Lock()
	defer c.traffic.mutex.Unlock()
	c.traffic.rules = nil
	return true, nil
}

var transportActions = map[string]bool{
	"drop": true, "lose-answer": true, "status": true, "garbage": true, "truncate": true, "slow": true, "delay": true,
}

func (c *control) addTransportRule(request *http.Request) (any, error) {
	rule := &transportRule{Status: http.StatusServiceUnavailable}
	if err := read(request, rule); err != nil {
		return nil, err
	}
	if !transportActions[rule.Action] {
		return nil, fmt.Errorf("no action %q", rule.Action)
	}
	rule.Method = orAll(rule.Method)
	c.traffic.mutex.Lock()
	defer c.traffic.mutex.Unlock()
	c.traffic.rules = append(c.traffic.rules, rule)
	return len(c.traffic.rules), nil
}

// setDelay slows API calls (by method name) and the work of tasks (by task name without suffix, such as PowerOn, CloneVm).
func (c *control) setDelay(request *http.Request) (any, error) {
	var delay struct {
		CallMs  int            `json:"callMs"`
		Methods map[string]int `json:"methods"`
		TaskMs  int            `json:"taskMs"`
		Tasks   map[string]int `json:"tasks"`
	}
	if err := read(request, &delay); err != nil {
		return nil, err
	}
	c.model.DelayConfig = simulator.DelayConfig{Delay: delay.CallMs, MethodDelay: delay.Methods}
	tasks := map[string]int{"LockHandoff": 0}
	for name, ms := range delay.Tasks {
		tasks[name] = ms
	}
	simulator.TaskDelay = simulator.DelayConfig{Delay: delay.TaskMs, MethodDelay: tasks}
	return true, nil
}

// setSessionTimeout applies to logins from now on; a Go duration such as "2s".
func (c *control) setSessionTimeout(request *http.Request) (any, error) {
	var timeout struct {
		After string `json:"after"`
	}
	if err := read(request, &timeout); err != nil {
		return nil, err
	}
	c.model.Map().OptionManager().UpdateOptions(&types.UpdateOptions{ChangedValue: []types.BaseOptionValue{
		&types.OptionValue{Key: "config.vmacore.soap.sessionTimeout", Value: timeout.After},
	}})
	return true, nil
}

// endSessions kills one session (?key=) or all of them, and says how many.
func (c *control) endSessions(request *http.Request) (any, error) {
	only := request.URL.Query().Get("key")
	keys := []string{}
	for _, known := range c.sessions() {
		if only == "" || only == known.Key {
			keys = append(keys, known.Key)
		}
	}
	manager := c.model.Map().SessionManager()
	nobody := &simulator.Context{Map: c.model.Map(), Session: &simulator.Session{}}
	for _, key := range keys {
		// One by one: a session may end by itself meanwhile, which is no error here.
		manager.TerminateSession(nobody, &types.TerminateSession{SessionId: []string{key}})
	}
	return len(keys), nil
}

func (c *control) resetCounts(*http.Request) (any, error) {
	c.traffic.mutex.Lock()
	defer c.traffic.mutex.Unlock()
	c.traffic.requests, c.traffic.connections, c.traffic.logins = map[string]int{}, map[string]map[string]bool{}, 0
	return true, nil
}

func read(request *http.Request, into any) error {
	decoder := json.NewDecoder(request.Body)
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
