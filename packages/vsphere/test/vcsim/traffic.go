package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"time"
)

// transportRule spoils the transport of matching requests.
type transportRule struct {
	// Method is a SOAP method, "*" for all of them, or a path such as "/rest/com/vmware/cis/session".
	Method string `json:"method"`
	// Action: "drop" (the connection closes before the call is carried out), "lose-answer" (after it), "status"
	// (answers Status with an HTML page, not carried out), "garbage" (carried out; an answer that is no XML, with the cookies of the true one),
	// "truncate" (carried out; half of the answer, then the end of the connection), "slow" (carried out; the answer
	// trickles over DelayMs), "delay" (carried out after DelayMs).
	Action  string `json:"action"`
	Status  int    `json:"status"`
	DelayMs int    `json:"delayMs"`
	// Skip matching requests stay whole first; then Count are spoiled (0: all).
	Skip  int `json:"skip"`
	Count int `json:"count"`

	seen  int
	fired int
}

// traffic stands before the simulator: counts what arrives and applies transport rules.
type traffic struct {
	mutex       sync.Mutex
	requests    map[string]int
	connections map[string]map[string]bool // names of requests, by the client's address
	logins      int
	rules       []*transportRule
}

func newTraffic() *traffic {
	return &traffic{requests: map[string]int{}, connections: map[string]map[string]bool{}}
}

var methodName = regexp.MustCompile(`<(?:[\w.-]+:)?Body[^>]*>\s*<(?:[\w.-]+:)?([\w.-]+)`)

// nameOf is the SOAP method of a request, or its HTTP method and path.
func nameOf(request *http.Request, body []byte) string {
	if request.Method == http.MethodPost && strings.HasPrefix(request.URL.Path, "/sdk") {
		if match := methodName.FindSubmatch(body); match != nil {
			return string(match[1])
		}
	}
	return request.Method + " " + request.URL.Path
}

// enter counts a request and gives a copy of the rule that spoils it, or nil.
func (t *traffic) enter(request *http.Request, name string) *transportRule {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.requests[name]++
	names, known := t.connections[request.RemoteAddr]
	if !known {
		names = map[string]bool{}
		t.connections[request.RemoteAddr] = names
	}
	names[name] = true
	for _, rule := range t.rules {
		if rule.Method != "*" && rule.Method != name && rule.Method != request.URL.Path {
			continue
		}
		rule.seen++
		if rule.seen <= rule.Skip || (rule.Count > 0 && rule.fired >= rule.Count) {
			continue
		}
		rule.fired++
		chosen := *rule
		return &chosen
	}
	return nil
}

func (t *traffic) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return // the client went away
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		name := nameOf(request, body)
		rule := t.enter(request, name)
		if rule == nil {
			t.carryOut(next, writer, request, name)
			return
		}
		delay := time.Duration(rule.DelayMs) * time.Millisecond
		switch rule.Action {
		case "drop":
			closeConnection()
		case "status":
			writer.Header().Set("Content-Type", "text/html")
			writer.WriteHeader(rule.Status)
			_, _ = io.WriteString(writer, "<html><body><h1>Service Unavailable</h1></body></html>")
		case "lose-answer":
			t.carryOut(next, httptest.NewRecorder(), request, name)
			closeConnection()
		case "garbage":
			recorder := httptest.NewRecorder()
			t.carryOut(next, recorder, request, name)
			for _, cookie := range recorder.Header().Values("Set-Cookie") {
				writer.Header().Add("Set-Cookie", cookie)
			}
			writer.Header().Set("Content-Type", "text/xml")
			_, _ = io.WriteString(writer, "<?xml version=\"1.0\"?><soapenv:Envelope <<& not XML")
		case "truncate", "slow":
			recorder := httptest.NewRecorder()
			t.carryOut(next, recorder, request, name)
			if rule.Action == "truncate" {
				writeAnswer(writer, recorder, recorder.Body.Len()/2, 0)
				closeConnection()
			} else {
				writeAnswer(writer, recorder, recorder.Body.Len(), delay)
			}
		default: // delay
			time.Sleep(delay)
			t.carryOut(next, writer, request, name)
		}
	})
}

// carryOut passes a request on and counts the logins that were granted.
func (t *traffic) carryOut(next http.Handler, writer http.ResponseWriter, request *http.Request, name string) {
	next.ServeHTTP(writer, request)
	isLogin := name == "Login" || name == "LoginByToken" || name == "CloneSession"
	if isLogin && writer.Header().Get("Set-Cookie") != "" {
		t.mutex.Lock()
		t.logins++
		t.mutex.Unlock()
	}
}

// writeAnswer sends the first bytes of a recorded answer, in twenty pieces over the duration, under the length of the whole.
func writeAnswer(writer http.ResponseWriter, answer *httptest.ResponseRecorder, bytesToSend int, over time.Duration) {
	for name, values := range answer.Header() {
		writer.Header()[name] = values
	}
	writer.WriteHeader(answer.Code)
	const pieces = 20
	content := answer.Body.Bytes()[:bytesToSend]
	for piece := range pieces {
		from, to := len(content)*piece/pieces, len(content)*(piece+1)/pieces
		if _, err := writer.Write(content[from:to]); err != nil {
			return
		}
		_ = http.NewResponseController(writer).Flush()
		time.Sleep(over / pieces)
	}
}

// closeConnection ends the connection without (more of) an answer.
func closeConnection() {
	panic(http.ErrAbortHandler)
}
