<?php
// As the PHP manual shows: session_start, "session_destroy()" example 1, and "Session Management Basics" for the login.
session_start();
$route = $_SERVER['REQUEST_METHOD'] . ' ' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
switch ($route) {
    case 'GET /':
        echo '<title>Stock</title>';
        break;
    case 'GET /me':
        if (empty($_SESSION['user'])) http_response_code(401);
        break;
    case 'POST /login':
        if (($_POST['user'] ?? '') !== 'alice' || ($_POST['password'] ?? '') !== getenv('STOCK_PASSWORD')) {
            http_response_code(401);
            break;
        }
        session_regenerate_id(true);
        $_SESSION['user'] = 'alice';
        header('Location: /', true, 303);
        break;
    case 'POST /note':
        $_SESSION['note'] = $_POST['note'] ?? '';
        break;
    case 'POST /logout':
        $_SESSION = [];
        if (ini_get('session.use_cookies')) {
            $params = session_get_cookie_params();
            setcookie(session_name(), '', time() - 42000,
                $params['path'], $params['domain'], $params['secure'], $params['httponly']);
        }
        session_destroy();
        header('Location: /', true, 303);
        break;
    default:
        http_response_code(404);
}
