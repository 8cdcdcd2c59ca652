"""Names of products and protocols that people in operations say: what a question is about.

A question that names one is answered by a document that names it too (or another word for it, see
`thesaurus`); one that speaks of something else in the same words is no answer. The list need not be
whole: a name that it lacks counts like any other rare word.
"""

from functools import cache
from typing import Final

from bot.engine.knowledge.words import terms

_NAMES: Final = """
postgresql postgres mysql mariadb percona oracle db2 informix mssql sqlserver sybase teradata sqlite
mongodb couchdb couchbase cassandra scylladb dynamodb cosmosdb redis memcached aerospike hazelcast
neo4j influxdb timescaledb clickhouse druid pinot snowflake redshift bigquery databricks synapse
elasticsearch opensearch solr sphinx splunk kibana logstash graylog loki fluentd fluentbit vector
cockroachdb tidb yugabyte vitess planetscale spanner firestore supabase hbase hadoop hdfs hive spark
flink storm beam presto trino impala kudu airflow dagster prefect dbt luigi nifi debezium fivetran
kafka rabbitmq activemq pulsar nats mqtt mosquitto zeromq kinesis firehose sqs sns pubsub eventhub
kubernetes openshift rancher nomad mesos swarm docker containerd podman crio k3s eks gke aks ecs
fargate lambda knative openfaas helm kustomize argocd flux spinnaker tekton jenkins teamcity bamboo
travis circleci concourse buildkite drone gitlab github bitbucket gitea gerrit perforce subversion
terraform pulumi ansible puppet chef saltstack packer vagrant cloudformation crossplane consul vault
istio linkerd envoy traefik nginx haproxy varnish squid apache tomcat jetty wildfly websphere
weblogic iis caddy kong apigee akamai fastly cloudflare cloudfront imperva f5 netscaler zscaler
okta auth0
keycloak ldap activedirectory adfs kerberos saml oauth radius duo cyberark intune jamf sccm citrix
vmware vsphere esxi hyperv proxmox nutanix openstack ceph gluster minio netapp emc san nfs smb iscsi
zfs btrfs lvm raid s3 glacier ebs efs rds aurora ec2 route53 heroku digitalocean linode hetzner ovh
aws azure gcp alibaba oci ibm mainframe cics cobol as400 sap hana fiori salesforce servicenow jira
confluence sharepoint exchange outlook office365 teams slack zoom webex mattermost zendesk freshdesk
workday netsuite dynamics quickbooks stripe paypal adyen braintree shopify magento woocommerce
wordpress drupal joomla sitecore contentful tableau powerbi looker metabase superset grafana
prometheus thanos cortex mimir alertmanager datadog dynatrace newrelic appdynamics nagios zabbix
icinga sensu pingdom sentry bugsnag rollbar jaeger zipkin opentelemetry pagerduty opsgenie
android ios iphone ipad macos windows ubuntu debian centos redhat rhel suse freebsd solaris
java jvm tomcat spring hibernate kotlin scala clojure php laravel symfony ruby rails sidekiq puma
unicorn python django flask celery gunicorn uwsgi fastapi node nodejs npm yarn webpack react angular
vue nextjs electron golang rust cargo dotnet csharp erlang elixir mnesia perl graphql grpc websocket
cisco juniper arista fortinet paloalto checkpoint sophos meraki ubiquiti bgp ospf mpls vxlan ipsec
openvpn wireguard anyconnect voip sip asterisk freeswitch snmp netflow dhcp bind unbound coredns
pihole certmanager letsencrypt dkim spf dmarc postfix sendmail dovecot mailgun sendgrid twilio
firebase cuda nvidia gpu tpu tensorflow pytorch jupyter jupyterhub mlflow kubeflow openai
unity unreal xcode gradle maven bazel selenium cypress playwright
etcd zookeeper raft patroni pgbouncer proxysql gitaly dask boltdb temporal camunda
defender crowdstrike
"""


@cache
def products() -> frozenset[str]:
    return frozenset(terms(_NAMES))
