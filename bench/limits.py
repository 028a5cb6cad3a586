"""What the database of the same machine can do at best, measured in the same run."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

MOST_POINTS = 4_000
JSON_ROWS = """
SELECT json_group_array(json_object('type', 'Feature',
    'geometry', json_object('type', 'Point',
        'coordinates', json_array(public_longitude, public_latitude)),
    'properties', json_object('number', reference, 'title', public_title, 'state', state)))
FROM (SELECT c.public_longitude, c.public_latitude, d.reference, c.public_title, c.state
      FROM concerns_concern c JOIN dossiers_dossier d ON d.id = c.dossier_id
      WHERE c.quarter_id = %s AND c.is_released AND c.public_latitude IS NOT NULL
        AND c.state <> 'withdrawn'
      ORDER BY c.created_at DESC LIMIT %s)
"""


def json_by_sqlite(quarter_id: int) -> int:
    """Let SQLite itself put the map together; returns how long the text is."""
    with connection.cursor() as cursor:
        cursor.execute(JSON_ROWS, [quarter_id, MOST_POINTS])
        return len(cursor.fetchone()[0])


MOST_REQUESTS, REQUEST_DAYS = 1_000, 90
#: The same facts of a request by the same look-ups, put together by SQLite itself.
REQUEST_ROWS = """
SELECT json_group_array(json_object('service_request_id', reference, 'status', state,
    'status_notes', answer || reason, 'service_code', slug, 'description', public_text,
    'agency_responsible', body, 'requested_datetime', created_at, 'updated_datetime', updated_at,
    'lat', public_latitude, 'long', public_longitude, 'media_url', photo))
FROM (SELECT d.reference, c.state, c.answer, c.reason, t.slug, c.public_text, c.public_latitude,
        c.public_longitude, strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', c.created_at) AS created_at,
        strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', COALESCE(c.closed_at, MAX(c.released_at,
            (SELECT e.at FROM dossiers_entry e WHERE e.dossier_id = c.dossier_id
             AND e.deed IN ('received', 'checked', 'taken_on', 'passed_on', 'asked_again',
             'body_accepted', 'body_declined', 'body_answered', 'closed', 'reopened', 'withdrawn')
             ORDER BY e.at DESC LIMIT 1)))) AS updated_at,
        (SELECT b.name FROM concerns_referral r
         JOIN directory_responsiblebody b ON b.id = r.body_id
         WHERE r.concern_id = c.dossier_id ORDER BY r.sent_at DESC LIMIT 1) AS body,
        (SELECT p.file_id FROM dossiers_document p WHERE p.dossier_id = c.dossier_id
         AND p.is_released ORDER BY p.position LIMIT 1) AS photo
      FROM concerns_concern c JOIN dossiers_dossier d ON d.id = c.dossier_id
      JOIN quarters_theme t ON t.id = c.theme_id
      WHERE c.quarter_id = %s AND c.is_released AND c.state <> 'withdrawn'
        AND d.audience = 'public' AND c.created_at >= %s
      ORDER BY c.created_at DESC LIMIT %s)
"""


def requests_by_sqlite(quarter_id: int) -> int:
    """Let SQLite itself put the Open311 list together; returns how long the text is."""
    since = timezone.now() - timedelta(days=REQUEST_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(REQUEST_ROWS, [quarter_id, since, MOST_REQUESTS])
        return len(cursor.fetchone()[0])
