"""What no schema says of kubernetes.yaml: its parts go together.

manifest.py FILE monitor    prints the ServiceMonitor as JSON
manifest.py FILE cameras    prints cameras.toml
manifest.py FILE check      looks at everything else
"""

import json
import sys

import yaml

with open(sys.argv[1], encoding="utf-8") as file:
    objects = {one["kind"]: one for one in yaml.safe_load_all(file)}
states = objects["StatefulSet"]["spec"]
pod = states["template"]
recorder = pod["spec"]["containers"][0]


def check():
    labels = pod["metadata"]["labels"]
    assert states["selector"]["matchLabels"] == labels
    assert objects["Service"]["spec"]["selector"] == labels
    assert objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    monitored = objects["ServiceMonitor"]["spec"]
    assert monitored["selector"]["matchLabels"] == objects["Service"]["metadata"]["labels"]
    assert states["serviceName"] == objects["Service"]["metadata"]["name"]

    ports = {port["name"]: port["containerPort"] for port in recorder["ports"]}
    assert f'listen = "0.0.0.0:{ports["web"]}"' in cameras()
    assert monitored["endpoints"][0]["port"] == objects["Service"]["spec"]["ports"][0]["name"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert recorder[probe]["httpGet"] == {"path": "/healthz", "port": "web"}, probe

    # The first pod is share 1, the last one the last share.
    variables = {one["name"]: one.get("value") for one in recorder["env"]}
    assert states["ordinals"]["start"] == 1
    assert variables["SHARES"] == str(states["replicas"])
    assert recorder["args"][-2:] == ["--share", "$(SHARE)/$(SHARES)"]

    mounts = {one["name"]: one["mountPath"] for one in recorder["volumeMounts"]}
    volumes = {one["name"] for one in pod["spec"]["volumes"]}
    claims = {one["metadata"]["name"] for one in states["volumeClaimTemplates"]}
    assert set(mounts) == volumes | claims
    assert f'folder = "{mounts["recordings"]}"' in cameras() and "recordings" in claims
    assert recorder["args"][0] == mounts["settings"] + "/cameras.toml"
    assert f'password-file = "{mounts["secrets"]}/' in cameras()

    assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
    assert recorder["securityContext"]["readOnlyRootFilesystem"] is True
    assert recorder["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def cameras():
    return objects["ConfigMap"]["data"]["cameras.toml"]


match sys.argv[2]:
    case "monitor":
        print(json.dumps(objects["ServiceMonitor"]))
    case "cameras":
        print(cameras())
    case "check":
        check()
