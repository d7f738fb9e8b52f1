// Command vcsim runs the vCenter simulator of govmomi for tests: on a free loopback port with TLS, with a control door
// (plain HTTP, loopback only) that sets faults, ends sessions and tells what the server itself knows.
//
// It prints one JSON line when it is ready and ends when its standard input closes.
package main

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/vmware/govmomi/simulator"
	_ "github.com/vmware/govmomi/vapi/cis/tasks/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator"
	_ "github.com/vmware/govmomi/vapi/vm/simulator"
)

// ready is what the process prints once it answers.
type ready struct {
	URL            string `json:"url"`
	Port           int    `json:"port"`
	Control        string `json:"control"`
	Certificate    string `json:"certificate"`
	Thumbprint256  string `json:"thumbprint256"`
	Thumbprint1    string `json:"thumbprint1"`
	UserName       string `json:"userName"`
	Password       string `json:"password"`
	InstanceUUID   string `json:"instanceUuid"`
	APIVersion     string `json:"apiVersion"`
	GovmomiVersion string `json:"govmomiVersion"`
}

func main() {
	log.SetFlags(0)
	esx := flag.Bool("esx", false, "a bare ESXi host instead of a vCenter")
	apiVersion := flag.String("api-version", "8.0.3.0", "what the server says its API is")
	userName := flag.String("username", "dcm@vsphere.local", "the only user")
	password := flag.String("password", "", "the user's password")
	listen := flag.String("l", "127.0.0.1:0", "listen address; port 0 is any free one")
	trace := flag.Bool("trace", false, "SOAP traffic to standard error")
	model := simulator.VPX()
	size := map[string]*int{
		"dc": &model.Datacenter, "cluster": &model.Cluster, "host": &model.ClusterHost, "standalone-host": &model.Host,
		"vm": &model.Machine, "pool": &model.Pool, "ds": &model.Datastore, "pg": &model.Portgroup, "nsx": &model.OpaqueNetwork,
		"folder": &model.Folder, "app": &model.App, "pod": &model.Pod,
	}
	for name, field := range size {
		flag.IntVar(field, name, *field, "how many")
	}
	autostart := flag.Bool("autostart", true, "the model's VMs run")
	flag.Parse()
	simulator.Trace = *trace
	if !*trace {
		log.SetOutput(io.Discard)
	}

	if *esx {
		bare := simulator.ESX()
		bare.Datastore, bare.Machine = model.Datastore, model.Machine
		model = bare
	}
	model.Autostart = *autostart
	model.ServiceContent.About.ApiVersion = *apiVersion
	model.ServiceContent.About.Version = strings.Join(strings.SplitN(*apiVersion+"...", ".", 4)[:3], ".")
	if err := model.Create(); err != nil {
		fail(err)
	}
	service := model.Service
	service.Listen = &url.URL{Host: *listen, User: url.UserPassword(*userName, *password)}
	service.TLS = new(tls.Config)
	service.ServeMux = http.NewServeMux()
	service.RegisterEndpoints = true
	server := service.NewServer()

	traffic := newTraffic()
	server.Config.Handler = traffic.wrap(service.ServeMux)
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	go func() { fail(http.Serve(door, newControl(model, traffic))) }()

	certificate := server.Certificate()
	about := model.ServiceContent.About
	line, err := json.Marshal(ready{
		URL:            "https://" + server.URL.Host,
		Port:           server.Listener.Addr().(*net.TCPAddr).Port,
		Control:        "http://" + door.Addr().String(),
		Certificate:    string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})),
		Thumbprint256:  thumbprint(sha256Of(certificate.Raw)),
		Thumbprint1:    thumbprint(sha1Of(certificate.Raw)),
		UserName:       *userName,
		Password:       *password,
		InstanceUUID:   about.InstanceUuid,
		APIVersion:     about.ApiVersion,
		GovmomiVersion: govmomiVersion(),
	})
	if err != nil {
		fail(err)
	}
	if _, err := os.Stdout.Write(append(line, '\n')); err != nil {
		fail(err)
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	model.Remove()
}

func fail(err error) {
	_, _ = os.Stderr.WriteString("vcsim: " + err.Error() + "\n")
	os.Exit(1)
}

func sha256Of(der []byte) []byte { sum := sha256.Sum256(der); return sum[:] }

func sha1Of(der []byte) []byte { sum := sha1.Sum(der); return sum[:] }

// thumbprint writes a digest as the platform does: upper-case pairs with colons.
func thumbprint(digest []byte) string {
	text := strings.ToUpper(hex.EncodeToString(digest))
	pairs := make([]string, 0, len(digest))
	for at := 0; at < len(text); at += 2 {
		pairs = append(pairs, text[at:at+2])
	}
	return strings.Join(pairs, ":")
}
