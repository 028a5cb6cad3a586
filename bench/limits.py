"""What the database of the same machine can do at best, measured in the same run."""

from django.db import connection

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
