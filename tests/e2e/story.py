"""What each SDK test sends, and the rows that must then be there. The senders are sdk_python.py and node/*.js."""

from sluice import wait_for

ORDERS = 3  # log records, and child spans


def check(sluice, service):
    """Waits for the story of one service and compares it. Values are the same for every SDK and transport."""
    check_logs(sluice, service)
    check_traces(sluice, service)
    check_metrics(sluice, service)


def wait_rows(sluice, table, service, count):
    where = f"FROM {table} WHERE ServiceName = '{service}'"
    wait_for(lambda: int(sluice.query(f"SELECT count() {where}")) >= count, f"{count} rows of {service} in {table}")
    return where


def check_logs(sluice, service):
    where = wait_rows(sluice, "otel_logs", service, ORDERS + 1)
    rows = sluice.rows(f"SELECT Body, SeverityText, SeverityNumber, TraceId, SpanId, LogAttributes, ResourceAttributes, "
                       f"ScopeName, toUnixTimestamp64Nano(Timestamp) AS t {where} AND Body LIKE 'order %' ORDER BY Body")
    assert [r["Body"] for r in rows] == [f"order {i} placed" for i in range(ORDERS)]
    for i, row in enumerate(rows):
        assert (row["SeverityText"], row["SeverityNumber"]) == ("warn", 13)
        assert row["LogAttributes"]["order.id"] == str(i)
        assert row["LogAttributes"]["order.total"] == "12.5"
        assert row["LogAttributes"]["order.paid"] == "true"
        assert row["ResourceAttributes"]["deployment.environment.name"] == "test"
        assert row["ScopeName"] == "shop"
        assert len(row["TraceId"]) == 32 and len(row["SpanId"]) == 16
        assert int(row["t"]) > 1_700_000_000 * 10**9
    # The log transform: a JSON body becomes attributes, its level the severity.
    (row,) = sluice.rows(f"SELECT SeverityText, SeverityNumber, LogAttributes {where} AND Body LIKE '{{%'")
    assert (row["SeverityText"], row["SeverityNumber"]) == ("error", 17)
    assert row["LogAttributes"]["user.name"] == "Žofie" and row["LogAttributes"]["attempt"] == "2"


def check_traces(sluice, service):
    where = wait_rows(sluice, "otel_traces", service, ORDERS + 1)
    (root,) = sluice.rows(f"SELECT *, Events.Name AS event_names, Events.Attributes AS event_attributes, "
                          f"Links.TraceId AS links {where} AND SpanName = 'checkout'")
    assert root["SpanKind"] == "Server" and root["ParentSpanId"] == ""
    assert root["StatusCode"] == "Error" and root["StatusMessage"] == "card refused"
    assert root["SpanAttributes"]["cart.items"] == "3"
    assert root["event_names"] == ["retry"]
    assert root["event_attributes"][0]["attempt"] == "1"
    assert int(root["Duration"]) > 0
    children = sluice.rows(f"SELECT TraceId, ParentSpanId, SpanKind, StatusCode, length(Links.TraceId) AS links {where} "
                           "AND SpanName = 'charge'")
    assert len(children) == ORDERS
    for child in children:
        assert child["TraceId"] == root["TraceId"] and child["ParentSpanId"] == root["SpanId"]
        assert child["SpanKind"] == "Client" and child["StatusCode"] == "Unset"
        assert int(child["links"]) == 1


def check_metrics(sluice, service):
    where = wait_rows(sluice, "otel_metrics_sum", service, 1)
    (row,) = sluice.rows(f"SELECT Value, IsMonotonic, AggregationTemporality, MetricUnit, Attributes {where} "
                         "AND MetricName = 'orders'")
    assert (row["Value"], row["IsMonotonic"], row["AggregationTemporality"]) == (7, True, 2)
    assert row["MetricUnit"] == "{order}" and row["Attributes"] == {"region": "eu"}
    where = wait_rows(sluice, "otel_metrics_gauge", service, 1)
    (row,) = sluice.rows(f"SELECT Value, Attributes {where} AND MetricName = 'temperature'")
    assert row["Value"] == 21.5 and row["Attributes"] == {"room": "kitchen"}
    where = wait_rows(sluice, "otel_metrics_histogram", service, 1)
    (row,) = sluice.rows(f"SELECT Count, Sum, Min, Max, BucketCounts, ExplicitBounds {where} AND MetricName = 'latency'")
    assert (int(row["Count"]), row["Sum"], row["Min"], row["Max"]) == (3, 555, 5, 500)
    assert row["ExplicitBounds"] == [10, 100] and [int(c) for c in row["BucketCounts"]] == [1, 1, 1]
    where = wait_rows(sluice, "otel_metrics_exponential_histogram", service, 1)
    (row,) = sluice.rows(f"SELECT Count, Sum, Min, Max, arraySum(PositiveBucketCounts) AS filled {where} "
                         "AND MetricName = 'size'")
    assert (int(row["Count"]), row["Sum"], row["Min"], row["Max"], int(row["filled"])) == (2, 9, 1, 8, 2)
