"""Names of products and protocols that people in operations say: what a question is about.

A question that names one is answered by a document that names it too; one that speaks of something
else in the same words is no answer. Names that are plain words besides (`storm`, `teams`, `node`)
are left out. The list need not be whole: a name that it lacks counts as a strange word (see
`judging`).
"""

from functools import cache
from typing import Final

from bot.engine.knowledge.words import terms_of

_NAMES: Final = """
postgresql postgres mysql mariadb percona galera oracle db2 informix mssql sqlserver sybase teradata
sqlite mongodb couchdb couchbase cassandra scylladb dynamodb cosmosdb documentdb redis memcached
aerospike hazelcast neo4j influxdb timescaledb clickhouse pinot snowflake redshift bigquery
databricks synapse firebird cockroachdb tidb yugabyte vitess planetscale spanner firestore supabase
orientdb arangodb rocksdb leveldb etcd zookeeper patroni pgbouncer proxysql flyway liquibase
elasticsearch opensearch solr splunk kibana logstash graylog fluentd fluentbit filebeat metricbeat
hbase hadoop hdfs spark flink trino impala kudu airflow dagster dbt nifi debezium fivetran airbyte
kafka rabbitmq activemq pulsar nats mqtt mosquitto zeromq kinesis firehose sqs sns pubsub eventhub
kubernetes openshift rancher nomad mesos docker containerd podman crio k3s eks gke aks ecs fargate
lambda knative openfaas helm kustomize argocd spinnaker tekton jenkins teamcity travis circleci
buildkite gitlab github bitbucket gitea gerrit perforce subversion gitaly terraform pulumi ansible
saltstack vagrant cloudformation crossplane consul vault foreman istio linkerd envoy traefik nginx
haproxy varnish squid apache tomcat jetty wildfly websphere weblogic iis caddy kong apigee akamai
fastly cloudflare cloudfront imperva f5 netscaler zscaler okta auth0 keycloak ldap activedirectory
adfs kerberos saml oauth scim entra azuread intune radius tacacs yubikey totp sssd freeipa samba
cyberark jamf kandji airwatch sccm wsus gpo bitlocker citrix vmware vsphere vcenter vsan esx esxi
hyperv xen proxmox nutanix openstack ceph gluster lustre gpfs drbd minio netapp emc san nfs smb dfs
iscsi zfs btrfs lvm raid s3 glacier ebs efs rds aurora ec2 route53 heroku digitalocean linode
hetzner ovh aws azure gcp alibaba oci ibm mainframe cics cobol as400 sap hana abap fiori odoo
navision sage xero salesforce servicenow jira confluence sharepoint office365 gmail slack webex
mattermost zendesk freshdesk hubspot marketo mailchimp mixpanel amplitude braze workday netsuite
quickbooks stripe paypal adyen braintree klarna shopify magento woocommerce wordpress drupal joomla
typo3 sitecore contentful strapi tableau powerbi metabase superset grafana prometheus thanos mimir
alertmanager datadog dynatrace newrelic appdynamics nagios zabbix checkmk icinga pingdom sentry
bugsnag rollbar jaeger zipkin opentelemetry pagerduty opsgenie telegraf android ios iphone ipad
macos ubuntu debian centos redhat rhel suse freebsd solaris java jvm hibernate kotlin scala clojure
php laravel symfony ruby rails sidekiq puma unicorn python django flask celery gunicorn uwsgi
fastapi nodejs npm yarn webpack angular nextjs nuxt svelte vue golang rust cargo dotnet csharp
erlang elixir mnesia perl graphql grpc websocket webrtc cisco juniper arista fortinet paloalto
sophos meraki ubiquiti bgp ospf mpls vxlan vrrp lacp ipsec openvpn wireguard anyconnect voip sip
asterisk freeswitch genesys avaya five9 coturn snmp netflow dhcp coredns pihole certmanager
letsencrypt dkim spf dmarc postfix sendmail dovecot zimbra roundcube imap mailgun sendgrid spamhaus
twilio vonage plivo apns fcm onesignal firebase cuda nvidia gpu tpu tensorflow pytorch keras onnx
triton sagemaker huggingface vllm ollama jupyter jupyterhub mlflow kubeflow openai slurm xcode
gradle maven bazel selenium playwright nexus artifactory sonarqube cpanel plesk ffmpeg veeam
commvault rubrik cohesity netbackup bacula restic zerto avamar pacemaker corosync keepalived idrac
ipmi pxe ntp chrony vdi teamviewer anydesk plc scada modbus opcua bacnet siemens zigbee lorawan
sonos chromecast roku dask boltdb crowdstrike duckdb questdb greenplum vertica exasol singlestore
netezza hsqldb tarantool dgraph janusgraph faunadb rethinkdb riak voltdb memsql tigergraph milvus
pinecone weaviate qdrant pgvector ibmmq solace redpanda nsq resque bullmq hangfire camunda zeebe
activiti bitrise codeship codefresh appveyor renovate dependabot snyk trivy sonatype openebs
longhorn portworx calico cilium flannel metallb velero kyverno falco talos coreos flatcar
firecracker qemu kvm libvirt lxd lxc gatsby jekyll webflow wix squarespace prestashop bigcommerce
testflight crashlytics cordova flutter reactnative qlik qlikview cognos ssrs ssis informatica talend
matillion rudderstack snowplow alteryx spss matlab labview peoplesoft jdedwards epicor ariba
successfactors kronos bamboohr docusign freshservice ivanti solarwinds prtg cacti munin qradar
arcsight sentinelone carbonblack mcafee symantec kaspersky tenable nessus qualys rapid7 metasploit
wireshark suricata snort zeek wazuh ossec yara scep hsm cucm mitel polycom ringcentral dialpad
aircall worldpay fiserv verifone ingenico sumup sepa iso8583 hl7 fhir dicom cerner arduino esp32
garmin fitbit playstation xbox nintendo minecraft chromeos wsl powershell onedrive dropbox evernote
airtable asana trello clickup figma miro adobe photoshop autocad solidworks revit mimecast
proofpoint barracuda vultr scaleway exoscale ionos rackspace vercel netlify fortran delphi groovy
haskell lua tcl mxnet jax wandb
"""

_SAME: Final = (
    ("kubernetes", "k8s", "kube"),
    ("postgresql", "postgres", "psql"),
    ("gcp", "gce", "google"),
    ("aws", "amazon"),
    ("mssql", "sqlserver"),
    ("rabbitmq", "rabbit"),
    ("letsencrypt", "acme"),
    ("jupyterhub", "jupyter"),
    ("activedirectory", "azuread"),
)
"""Names of one thing. The thesaurus knows words for like things too, such as Envoy for Istio."""

SHORTEST: Final = 4
"""Letters of a name that another may begin with and still be the same, as `mongo` is `mongodb`."""


@cache
def products() -> frozenset[str]:
    """As terms, whole: `five9` is a name, `five` is not."""
    return frozenset(terms_of(name)[0] for name in _NAMES.split())


def same_name(one: str, other: str) -> bool:
    """Whether two names are of one product."""
    short, long = sorted((one, other), key=len)
    if len(short) >= SHORTEST and long.startswith(short):
        return True
    return short == long or other in _same().get(one, frozenset())


@cache
def _same() -> dict[str, frozenset[str]]:
    sets = (frozenset(terms_of(name)[0] for name in names) for names in _SAME)
    return {name: names for names in sets for name in names}
