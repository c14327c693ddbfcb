"""Events as the documents of AWS describe them, written by hand."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any


def asked(
    path: str,
    query: str = "",
    *,
    method: str = "GET",
    body: bytes | None = None,
    stage: str = "$default",
    **headers: str,
) -> dict[str, Any]:
    """Return a request to a function URL; API Gateway's payload 2.0 has the same form."""
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {
            "host": "abc.lambda-url.us-east-1.on.aws",
            "x-forwarded-for": "203.0.113.9",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abc",
            "domainName": "abc.lambda-url.us-east-1.on.aws",
            "domainPrefix": "abc",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.9",
                "userAgent": "agent",
            },
            "requestId": "id",
            "routeKey": "$default",
            "stage": stage,
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1_773_342_238_000,
        },
        "isBase64Encoded": body is not None,
    }
    return event if body is None else {**event, "body": b64encode(body).decode()}


def created(key: str, bucket: str = "photos", name: str = "ObjectCreated:Put") -> dict[str, Any]:
    """Return what S3 tells of an object; its key is encoded as in a form."""
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": "2026-03-12T19:03:58.000Z",
        "eventName": name,
        "requestParameters": {"sourceIPAddress": "203.0.113.9"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "renditions",
            "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
            "object": {"key": key, "size": 3, "eTag": "d41d8cd9", "sequencer": "0A1B2C3D"},
        },
    }


def told(*records: dict[str, Any]) -> dict[str, Any]:
    return {"Records": list(records)}


def queued(**letters: object) -> dict[str, Any]:
    """Return what SQS hands over: a message by its id, each with what S3 told."""
    return told(
        *(
            {
                "messageId": name,
                "receiptHandle": "handle",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:photos",
                "awsRegion": "us-east-1",
            }
            for name, body in letters.items()
        )
    )


def said(answer: dict[str, Any]) -> bytes:
    """Return the body of an answer."""
    return b64decode(answer["body"])
