// Holds the ServiceMonitor of stdin (JSON) against the schema of the Prometheus operator. Runs
// in the folder where npm has put that.
import { readFileSync } from "node:fs";
import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";

new ServiceMonitor(JSON.parse(readFileSync(0, "utf8"))).validate();
